import { NonRetryableError, type Ordering } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { equal, holds } from '../verdict.ts';

const outOfReachMs = 3_000;

export const L2: Clause = {
  id: 'L2',
  title:
    'does not acknowledge an event while its dead-letter store is out of reach, nor goes on with its key; afterwards it lies there',
  fault: true,
  async run(bench) {
    for (const ordering of ['none', 'key'] as const) await outOfReach(bench, ordering);
  },
};

/** One event that dies, four beside it; with ordering `key` behind it. */
async function outOfReach(bench: Bench, ordering: Ordering): Promise<void> {
  const { time, timings, ledger, probe, faults } = bench;
  const group = bench.group(ordering);
  await bench.declare(group, { ordering });
  const giveBack = await faults.withholdDeadLetters(group);
  const { consumer } = await bench.consume({
    group,
    ordering,
    handle({ event }) {
      if (event.data.n === 0) throw new NonRetryableError('cannot work');
    },
  });
  const publisher = await bench.publisher();
  const outcomes = await publisher.publishMany(5, (n) => ({ key: ordering, data: { n } }));
  allAccepted(outcomes, '5 publishes');
  const { id } = outcomes[0]!;
  const mine = new Set(outcomes.map((outcome) => outcome.id));
  const handled = () => [...ledger.handled(group)].filter((one) => mine.has(one)).length;
  await time.until(() => ledger.runsOf(group, id)[0]?.end === 'failed', timings.promptMs, 'the handler fails');
  await time.stays(
    async () => (await probe.stored(group)).unsettled >= 1 && (await probe.stored(group)).dead === 0,
    outOfReachMs,
    async () => `the event stays unacknowledged; stored are ${JSON.stringify(await probe.stored(group))}`,
  );
  equal(handled(), ordering === 'none' ? 4 : 0, `ordering ${ordering}: events handled while the letter is not stored`);

  await giveBack();
  await time.until(() => handled() === 4, timings.leaseMs + timings.flowAgainMs, 'the four others are handled');
  await time.until(
    async () => (await bench.deadIds(group)).has(id) && (await probe.stored(group)).unsettled === 0,
    timings.promptMs + timings.leaseMs + timings.flowAgainMs,
    'the event lies in the dead letters, and is acknowledged',
  );
  // A broker with history gives the second group what the first was sent, too.
  const dead = [...(await bench.deadIds(group))].filter((one) => mine.has(one));
  equal(dead, [id], 'dead letters once the store is back');
  holds(
    ledger.runsOf(group, id).every(({ end }) => end !== 'ok'),
    'nobody handled it',
  );
  await consumer.stop();
}
