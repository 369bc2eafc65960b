import { UnsupportedCapabilityError } from '@payments/events-core';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { failsWith, holds } from '../verdict.ts';

const key = 'one-key';

export const O4: Clause = {
  id: 'O4',
  title:
    'promises order within each topic and none across two topics of one key, and refuses it at start where topics are split by type',
  async run(bench) {
    const { time, ledger } = bench;
    const types = [bench.typeIn('first'), bench.typeIn('second')];
    const events = testEvents(types);
    const group = bench.group();
    await bench.declare(group, { patterns: types, ordering: 'key', events });
    const publisher = await bench.publisher({ events });
    for (let n = 0; n < 40; n += 1)
      allAccepted([await publisher.publish({ type: types[n % 2]!, key, data: { n } })], `publish ${n}`);

    let atOnce = 0;
    let mostAtOnce = 0;
    await bench.consume({
      group,
      events,
      patterns: types,
      ordering: 'key',
      async handle() {
        mostAtOnce = Math.max(mostAtOnce, ++atOnce);
        await time.pass(20);
        atOnce -= 1;
      },
    });
    await bench.settled(group);
    // The judge's lanes are topic and key: what is promised is asked for, and nothing more.
    await bench.judge(group, { inOrder: true });
    holds(mostAtOnce <= 2, `${mostAtOnce} events of one key ran at once in two topics`);
    holds(ledger.runsOf(group).length === 40, 'each event ran once');

    const split = bench.optional('topics split by type', bench.adapterSplitByType);
    if (split === undefined) return;
    const process = bench.bareProcess(undefined, split());
    const consumer = process.consumer({ group: bench.group('split'), events, patterns: types, ordering: 'key' });
    const refused = await failsWith(
      UnsupportedCapabilityError,
      () => consumer.start(),
      'ordering by key over topics split by type',
    );
    holds(
      refused.capability === 'keyOrder',
      `the error names what is missing: expected keyOrder, got ${refused.capability}`,
    );
  },
};
