import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { equal, holds } from '../verdict.ts';

const holdMs = 1_500;

export const A1: Clause = {
  id: 'A1',
  title:
    'acknowledges only after the handler resolved: unacknowledged while it holds 1.5 s, redelivered when its connection is killed',
  fault: true,
  async run(bench) {
    const { time, timings, ledger, faults, probe } = bench;
    const group = bench.group();
    await bench.consume({ group, handle: () => time.pass(holdMs) });
    const publisher = await bench.publisher();
    allAccepted([await publisher.publish()], 'the publish');
    await time.until(() => ledger.runs.length === 1, timings.promptMs, 'the handler starts');

    await time.pass(holdMs / 2);
    equal((await probe.stored(group)).unsettled, 1, 'unacknowledged events while the handler holds');
    await faults.killConnections();
    await time.until(
      () => ledger.runs.length === 2,
      timings.leaseMs + timings.flowAgainMs,
      'the event of the killed connection is redelivered',
    );
    const second = ledger.runs[1]!;
    await time.stays(
      async () => (await probe.stored(group)).unsettled === 1 || second.end !== 'running',
      holdMs - 100,
      'the event stays unacknowledged while its second handler holds',
    );
    await time.until(() => second.end === 'ok', timings.promptMs, 'the second handler finishes');
    await time.until(
      async () => (await probe.stored(group)).unsettled === 0,
      timings.promptMs,
      'the event is acknowledged after its handler resolved',
    );
    holds(
      ledger.runs.length === 2,
      `it is delivered once more and no further; its handlers ran ${ledger.runs.length} times`,
    );
    await bench.judge(group, {
      duplicates: { atMost: 1, because: 'the connection was killed while the first handler held' },
    });
  },
};
