/** Run by B2 in a process of its own: queues events, stalls on them and weighs what that holds. Ended by SIGKILL. */
import { createConsumer, createPublisher } from '@payments/events-core';
import { connectFrom, given, say } from '../bench/program-side.ts';
import { testEvents } from '../bench/test-event.ts';

const access = given<{
  readonly type: string;
  readonly group: string;
  readonly count: number;
  readonly maxInFlight: number;
}>();
const { type, group, count, maxInFlight } = access;
const events = testEvents([type]);
const broker = await connectFrom(access);

await broker.adapter.declareGroup({
  group,
  patterns: [type],
  types: [type],
  ordering: 'none',
  retryDelaysMs: [1_000],
  startFrom: 'earliest',
});
const publisher = createPublisher({ broker, source: '/b2', events, publishTimeoutMs: 60_000 });
const text = 'w'.repeat(4_096);
for (let n = 0; n < count; n += 500) {
  await Promise.all(Array.from({ length: 500 }, (_, at) => publisher.publish(type, { n: n + at, text })));
}

// Once before it counts: the first consumer brings code and buffers with it.
await stall('warm-up');
const before = await weigh();
const running = await stall(group);
const grownBytes = (await weigh()) - before;
say({ say: 'weighed', running, grownBytes });

async function stall(of: string): Promise<number> {
  let handlers = 0;
  const consumer = createConsumer({
    broker,
    group: of,
    events,
    concurrency: maxInFlight,
    handlerTimeoutMs: 600_000,
    startFrom: of === group ? 'earliest' : 'latest',
  });
  consumer.on(type, () => {
    handlers += 1;
    return new Promise(() => {});
  });
  await consumer.start();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return handlers;
}

async function weigh(): Promise<number> {
  // Twice, with a turn between: what the first pass finalises is freed by the second.
  for (let pass = 0; pass < 2; pass += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
