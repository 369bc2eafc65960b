import type { Clause } from '../clause.ts';
import { between, holds, show } from '../verdict.ts';

const publishTimeoutMs = 2_000;

export const P5: Clause = {
  id: 'P5',
  title:
    'ends a publish whose reply is lost as unknown at the deadline, and the retry under its id is handled once where duplicates are suppressed',
  fault: true,
  async run(bench) {
    const { faults, time, timings, capabilities, ledger } = bench;
    const group = bench.group();
    await bench.declare(group);
    const process = await bench.process();
    const publisher = process.publisher({ publishTimeoutMs });
    await publisher.publish();

    await faults.link(process.adapter).silence('replies');
    const lost = await time.within(publisher.publish(), 2 * publishTimeoutMs, 'a publish without a reply settles');
    holds(
      lost.fate === 'unknown',
      `a publish without a reply is unknown, but it was ${lost.fate}: ${show(lost.error)}`,
    );
    between(lost.tookMs, 0.9 * publishTimeoutMs, 1.1 * publishTimeoutMs, 'milliseconds until it was unknown');
    holds(await bench.probe.holds(lost.id, bench.type), 'the request had left: the broker has the event');

    await faults.link(process.adapter).heal();
    let again = lost;
    await time.until(
      async () => (again = await publisher.publish(lost.what)).fate === 'accepted',
      timings.flowAgainMs,
      () => `the retry under the same id is accepted; it ended ${show(again.error)}`,
    );
    await bench.consume({ group });
    await bench.settled(group);
    holds(ledger.handled(group).has(lost.id), 'the event is handled');
    await bench.judge(
      group,
      capabilities.deduplicationWindowMs > 0 ? {} : { duplicates: { atMost: 20, because: 'each try was stored' } },
    );
  },
};
