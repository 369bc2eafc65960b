import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { equal } from '../verdict.ts';

export const A3: Clause = {
  id: 'A3',
  title: 'delivers an event once whose handler takes longer than the lease',
  async run(bench) {
    const { time, timings, ledger } = bench;
    const group = bench.group();
    const holdMs = 2.5 * timings.leaseMs;
    const handle = () => time.pass(holdMs);
    await bench.consume({ group, handle, handlerTimeoutMs: 10 * timings.leaseMs });
    await bench.consume({ group, handle, handlerTimeoutMs: 10 * timings.leaseMs });
    const publisher = await bench.publisher();
    allAccepted([await publisher.publish()], 'the publish');
    await bench.settled(group, holdMs + timings.promptMs);
    await time.stays(
      () => ledger.runs.length === 1,
      timings.leaseMs + 500,
      () => `it is delivered once; it came ${ledger.runs.length} times`,
    );
    equal(ledger.runs[0]!.end, 'ok', 'how its only run ended');
    await bench.judge(group);
  },
};
