import { NonRetryableError } from '@payments/events-core';
import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { equal, holds } from '../verdict.ts';

const outOfReachMs = 3_000;

export const L2: Clause = {
  id: 'L2',
  title: 'does not acknowledge an event while its dead-letter store is out of reach; afterwards it lies there',
  fault: true,
  async run(bench) {
    const { time, timings, ledger, probe, faults } = bench;
    const group = bench.group();
    await bench.declare(group);
    const giveBack = await faults.withholdDeadLetters(group);
    await bench.consume({
      group,
      handle({ event }) {
        if (event.data.n === 0) throw new NonRetryableError('cannot work');
      },
    });
    const publisher = await bench.publisher();
    const outcomes = await publisher.publishMany(5);
    allAccepted(outcomes, '5 publishes');
    const { id } = outcomes[0]!;
    await time.until(() => ledger.runsOf(group, id)[0]?.end === 'failed', timings.promptMs, 'the handler fails');
    await time.stays(
      async () => (await probe.stored(group)).unsettled >= 1 && (await probe.stored(group)).dead === 0,
      outOfReachMs,
      async () => `the event stays unacknowledged; stored are ${JSON.stringify(await probe.stored(group))}`,
    );
    equal(ledger.handled(group).size, 4, 'events handled beside it');

    await giveBack();
    await bench.settled(group, timings.leaseMs + timings.flowAgainMs);
    equal(await bench.deadIds(group), new Set([id]), 'dead letters once the store is back');
    await time.until(
      async () => (await probe.stored(group)).unsettled === 0,
      timings.promptMs,
      'the event is acknowledged once its dead letter is stored',
    );
    holds(
      ledger.runsOf(group, id).every(({ end }) => end !== 'ok'),
      'nobody handled it',
    );
  },
};
