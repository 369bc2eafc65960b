import type { Outcome } from '../bench/publishing.ts';
import { publishAgain } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { fail, holds, show } from '../verdict.ts';

const count = 1_000;
const inFlight = 100;

export const P3: Clause = {
  id: 'P3',
  title:
    'keeps every acknowledged event when the broker is killed at acknowledgement 500 of 1,000; the rest is settled and delivered by retry under its id',
  fault: true,
  async run(bench) {
    const { faults, time, timings, capabilities } = bench;
    const group = bench.group();
    await bench.declare(group);
    const publisher = await bench.publisher({ window: inFlight });
    const outcomes: Outcome[] = [];
    let accepted = 0;
    let next = 0;
    let killed: Promise<void> | undefined;

    async function publishInTurn(): Promise<void> {
      while (next < count) {
        const outcome = await publisher.publish({ data: { n: next++ } });
        outcomes.push(outcome);
        if (outcome.fate === 'accepted') accepted += 1;
        if (accepted === 500) killed ??= faults.kill();
      }
    }
    const workers = Promise.all(Array.from({ length: inFlight }, publishInTurn));
    await time.until(
      () => killed !== undefined,
      timings.promptMs,
      () => `500 of 1,000 are acknowledged; ${accepted} are`,
    );
    await killed;
    await faults.start();
    await time.within(workers, count * 100, 'every publish settles');
    const odd = outcomes.find(({ fate }) => fate === 'failed');
    if (odd !== undefined) fail(`a publish ended neither accepted, rejected nor unknown: ${show(odd.error)}`);
    holds(outcomes.length === count, `${outcomes.length} of ${count} publishes settled`);

    await publishAgain(publisher, outcomes, time, timings.flowAgainMs);
    await bench.consume({ group });
    await bench.settled(group, timings.flowAgainMs);
    await bench.judge(
      group,
      capabilities.deduplicationWindowMs > 0
        ? {}
        : { duplicates: { atMost: 2 * inFlight, because: 'what was in flight when the broker died was sent again' } },
    );
  },
};
