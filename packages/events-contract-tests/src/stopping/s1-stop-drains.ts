import type { Ordering } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { between, equal } from '../verdict.ts';

const handlerMs = 2_000;

export const S1: Clause = {
  id: 'S1',
  title: 'finishes and acknowledges ten handlers of 2 s within 3 s of stop(10 s), starts no other and repeats nothing',
  async run(bench) {
    for (const ordering of ['none', 'key'] as const) await drains(bench, ordering);
  },
};

async function drains(bench: Bench, ordering: Ordering): Promise<void> {
  const { time, timings, ledger } = bench;
  const type = bench.typeIn(ordering);
  const events = testEvents([type]);
  const group = bench.group(ordering);
  const ofType = (intent: { readonly type: string }) => intent.type === type;
  await bench.declare(group, { patterns: [type], ordering, events });
  const consuming = { group, events, patterns: [type], ordering, concurrency: 10 };
  const first = await bench.consume({ ...consuming, handle: () => time.pass(handlerMs) });
  const publisher = await bench.publisher({ events });
  allAccepted(await publisher.publishMany(30, (n) => ({ type, key: `key-${n}` })), '30 publishes');
  const running = () => ledger.runsOf(group).filter(({ end }) => end === 'running').length;
  await time.until(
    () => running() === 10,
    timings.promptMs,
    () => `ten handlers run; ${running()} do`,
  );

  const stoppedAt = time.now();
  const { unfinished } = await first.consumer.stop({ drainTimeoutMs: 10_000 });
  between(time.now() - stoppedAt, 0, 3_000, 'milliseconds until stop had drained');
  equal(unfinished, [], 'unfinished events');
  equal(
    ledger.runsOf(group).map(({ end }) => end),
    Array.from({ length: 10 }, () => 'ok' as const),
    'ends of all handlers that ran',
  );

  // Its process is still there: nothing may start in it, and whoever comes next gets the other twenty at once and no more.
  await bench.consume(consuming);
  await bench.settled(group, timings.flowAgainMs, ofType);
  await time.stays(
    () => ledger.runsOf(group).length === 30,
    2 * timings.leaseMs,
    () => `30 handlers have run in all; ${ledger.runsOf(group).length} have`,
  );
  await bench.judge(group, { of: ofType });
}
