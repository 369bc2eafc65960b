import type { Clause } from '../clause.ts';
import { between, holds, show } from '../verdict.ts';

const awayMs = 10_000;
const publishTimeoutMs = 2_000;
const settledByMs = 2_500;

export const P6: Clause = {
  id: 'P6',
  title:
    'settles 50 publishes by 2.5 s while the broker is away for 10 s, waiting or rejecting beyond the window with bounded memory',
  fault: true,
  async run(bench) {
    const { faults, time, timings, ledger } = bench;
    const group = bench.group();
    await bench.declare(group);
    // A window of 10 and room for about 20 more: the last 20 must be told at once that too much waits.
    const publisher = await bench.publisher({ publishTimeoutMs, window: 10, maxWaitingBytes: 20 * 1_300 });
    await publisher.publish();
    await faults.stop();
    const startedAt = time.now();

    const outcomes = await publisher.publishMany(50, (n) => ({ data: { n, text: 'k'.repeat(1_024) } }));
    const slowest = Math.max(...outcomes.map(({ tookMs }) => tookMs));
    between(slowest, 0, settledByMs, 'milliseconds until the slowest publish settled');
    const unusual = outcomes.find(({ fate }) => fate !== 'rejected' && fate !== 'unknown');
    holds(
      unusual === undefined,
      `publishes while the broker is away are rejected or unknown; one was ${unusual?.fate}: ${show(unusual?.error)}`,
    );
    const atOnce = outcomes.filter(({ tookMs }) => tookMs < 200).length;
    between(atOnce, 15, 40, 'publishes beyond window and waiting room that were told at once');

    await time.pass(Math.max(0, awayMs - (time.now() - startedAt)));
    await faults.start();
    let last = outcomes[0]!;
    await time.until(
      async () => (last = await publisher.publish()).fate === 'accepted',
      timings.flowAgainMs,
      () => `publishing works again; it ended ${show(last.error)}`,
    );
    await bench.consume({ group });
    await bench.settled(group);
    holds(ledger.handled(group).has(last.id), 'what was published afterwards is handled');
    await bench.judge(group, {
      duplicates: { atMost: 10, because: 'what was in flight when the broker went may be stored twice' },
    });
  },
};
