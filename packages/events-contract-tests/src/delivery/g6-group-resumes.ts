import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { equal } from '../verdict.ts';

export const G6: Clause = {
  id: 'G6',
  title: 'resumes a stopped group where it was and never replays what it settled',
  async run(bench) {
    const { timings, ledger } = bench;
    const group = bench.group();
    const publisher = await bench.publisher();
    const first = await bench.consume({ group });
    allAccepted(await publisher.publishMany(100), '100 publishes');
    await bench.settled(group);
    await first.process.close();

    allAccepted(await publisher.publishMany(100), '100 publishes while the group is stopped');
    const second = await bench.consume({ group });
    await bench.settled(group);
    await bench.judge(group);
    const replayed = ledger.runs.filter(({ consumer }) => consumer === second.name).length;
    equal(replayed, 100, 'events handled after the restart');
    await bench.time.stays(() => ledger.runs.length === 200, timings.leaseMs + 500, 'nothing settled is replayed');
  },
};
