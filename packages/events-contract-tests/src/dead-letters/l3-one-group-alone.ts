import { NonRetryableError } from '@payments/events-core';
import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { equal } from '../verdict.ts';

export const L3: Clause = {
  id: 'L3',
  title: 'dead-letters for one group without touching another, and redrives to that group alone',
  async run(bench) {
    const { time, timings, ledger } = bench;
    const [failing, fine] = [bench.group('failing'), bench.group('fine')];
    let mended = false;
    await bench.consume({
      group: failing,
      handle() {
        if (!mended) throw new NonRetryableError('cannot work yet');
      },
    });
    await bench.consume({ group: fine });
    const publisher = await bench.publisher();
    const outcomes = await publisher.publishMany(20, (n) => ({ key: `key-${n % 3}` }));
    allAccepted(outcomes, '20 publishes');
    await bench.settled(failing);
    await bench.settled(fine);
    equal((await bench.deadIds(failing)).size, 20, 'dead letters of the failing group');
    equal((await bench.deadIds(fine)).size, 0, 'dead letters of the other group');

    mended = true;
    const operator = (await bench.process()).operator(failing);
    const result = await operator.redrive();
    equal(result, { visited: 20, redriven: 20, complete: true }, 'what the redrive says');
    const missing = () => outcomes.filter(({ id }) => !ledger.handled(failing).has(id)).length;
    await time.until(
      () => missing() === 0,
      timings.promptMs,
      () => `the redriven events are handled; ${missing()} are not`,
    );
    equal((await bench.probe.stored(failing)).dead, 0, 'dead letters after the redrive');
    for (const { id } of outcomes) {
      const [, again] = ledger.runsOf(failing, id);
      equal([again?.attempt, again?.redrives], [1, 1], `attempt and redrives of ${id}`);
    }
    await bench.judge(failing);
    await time.stays(
      () => ledger.runsOf(fine).length === 20,
      timings.leaseMs + 500,
      () => `the other group gets nothing of the redrive; it ran ${ledger.runsOf(fine).length} times for 20 events`,
    );
    await bench.judge(fine);
    equal(
      ledger.runsOf(failing).length,
      40,
      'runs of the failing group: each event once before and once after the redrive',
    );
  },
};
