import { ConfigurationError, NonRetryableError } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { equal, failsWith, holds } from '../verdict.ts';

export const W3: Clause = {
  id: 'W3',
  title:
    'keeps apart types and groups with similar names or refuses them, and runs overlapping handlers once each, in order of registration',
  async run(bench) {
    await similarNames(bench);
    await impossibleNames(bench);
    await overlappingHandlers(bench);
  },
};

/** Names that become one as soon as somebody replaces a dot, an underscore or a dash by another. */
async function similarNames(bench: Bench): Promise<void> {
  const n = bench.namespace;
  const types = [
    `${n}.a.b.c`,
    `${n}.a_b.c`,
    `${n}.a.b_c`,
    `${n}.a_b_c`,
    `${n}_a.b.c`,
    `${n}_a_b.c`,
    `payment.${n}.a.b.c`,
    `payment_${n}.a.b.c`,
    `payment.payment.${n}.a.b.c`,
    `${n}.payment.a.b.c`,
  ];
  const prefix = bench.group('w3');
  const groups = [
    '',
    '1',
    '-1',
    '_1',
    '-dead-letters',
    '-retry-200ms',
    '-crash-suspects',
    '-unrouted',
    '_dead_letters',
    '-redrive',
  ].map((suffix) => `${prefix}${suffix}`);
  const events = testEvents(types);
  const process = await bench.process();
  const started: { readonly type: string; readonly group: string; readonly dies: boolean }[] = [];
  for (const [index, group] of groups.entries()) {
    const type = types[index]!;
    const dies = index % 2 === 0;
    const consumer = process.consumer({
      group,
      events,
      patterns: [type],
      retry: { initialDelayMs: 200, jitter: 'none' },
      handle({ run }) {
        if (dies) throw new NonRetryableError('for the dead letters of this group alone');
        if (run.attempt === 1) throw new Error('for the retries of this group alone');
      },
    });
    try {
      await consumer.start();
      started.push({ type, group, dies });
    } catch (error) {
      holds(
        ConfigurationError.isInstance(error),
        `group ${group} or type ${type} is mapped or refused with a ConfigurationError, but got ${String(error)}`,
      );
    }
  }
  holds(started.length > groups.length / 2, `only ${started.length} of ${groups.length} valid names were accepted`);

  const publisher = await bench.publisher({ events });
  allAccepted(await publisher.publishMany(types.length, (at) => ({ type: types[at]! })), 'publishes of similar types');
  for (const { type, group } of started)
    await bench.settled(group, bench.timings.promptMs, (intent) => intent.type === type);
  for (const { type, group, dies } of started) {
    const runs = bench.ledger.runsOf(group).map((run) => `${run.type} ${run.end}`);
    equal(runs, dies ? [`${type} failed`] : [`${type} failed`, `${type} ok`], `what group ${group} handled`);
    equal((await bench.probe.dead(group)).length, dies ? 1 : 0, `dead letters of group ${group}`);
  }
  await process.close();
}

async function impossibleNames(bench: Bench): Promise<void> {
  const types = [
    'one',
    'A.b',
    'a..b',
    'a.b.',
    '.a.b',
    'a.b-c',
    'a b.c',
    'ä.b',
    'a.*',
    'a.#',
    'payment.payment',
    'a.b.c.d.e.f.g.h.i',
    `a.${'b'.repeat(200)}`,
    '__proto__.',
    '',
  ];
  for (const type of types)
    await failsWith(ConfigurationError, () => testEvents([type]), `type ${JSON.stringify(type)}`);
  const groups = ['', 'A', 'a.b', 'a b', '-a', '_a', 'ä', 'a/b', 'a*', 'a'.repeat(64)];
  const process = await bench.process();
  for (const group of groups) {
    await failsWith(ConfigurationError, () => process.consumer({ group }), `group ${JSON.stringify(group)}`);
  }
}

async function overlappingHandlers(bench: Bench): Promise<void> {
  const type = bench.typeIn('overlap');
  const events = testEvents([type]);
  const group = bench.group('overlap');
  const process = await bench.process();
  const consumer = process.consumer({ group, events, patterns: [], retry: { initialDelayMs: 100, jitter: 'none' } });
  const ran: string[] = [];
  for (const [place, pattern] of ['*.test.*', type, '#', type, `${type.split('.')[0]!}.#`].entries()) {
    consumer.on(pattern, (_event, { attempt }) => {
      ran.push(`attempt ${attempt} handler ${place + 1}`);
      if (attempt === 1 && place === 2) throw new Error('the third fails once');
    });
  }
  await consumer.start();
  const publisher = await bench.publisher({ events });
  allAccepted([await publisher.publish({ type })], 'one publish');
  await bench.settled(group, bench.timings.promptMs, (intent) => intent.type === type);
  const inTurn = (attempt: number, count: number) =>
    Array.from({ length: count }, (_, at) => `attempt ${attempt} handler ${at + 1}`);
  equal(ran, [...inTurn(1, 3), ...inTurn(2, 5)], 'handlers that ran');
}
