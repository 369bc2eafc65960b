import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { equal } from '../verdict.ts';

export const G5: Clause = {
  id: 'G5',
  title: 'redelivers all ten events of a consumer that died with them in flight within its lease + 5 s',
  fault: true,
  async run(bench) {
    const { time, timings, ledger } = bench;
    const group = bench.group();
    const runningAt = (name: string) =>
      ledger.runs.filter(({ consumer, end }) => consumer === name && end === 'running').length;
    const victim = await bench.consume({ group, concurrency: 10, handle: () => new Promise(() => {}) });
    const publisher = await bench.publisher();
    allAccepted(await publisher.publishMany(10), '10 publishes');
    await time.until(
      () => runningAt(victim.name) === 10,
      timings.promptMs,
      () => `ten are in flight; ${runningAt(victim.name)} are`,
    );

    const heir = await bench.consume({ group });
    await victim.process.kill();
    await bench.settled(group, timings.leaseMs + 5_000);
    await bench.judge(group);
    const inherited = ledger.runs.filter(({ consumer, end }) => consumer === heir.name && end === 'ok');
    equal(inherited.length, 10, 'events handled by the other consumer');
    // A delivery is not an attempt: nobody's handlers have failed.
    for (const { id, attempt } of inherited) equal(attempt, 1, `the attempt at ${id}, whose handlers never failed`);
  },
};
