import type { BenchBroker } from './brokers.ts';
import { benchData, benchType } from './bench-event.ts';
import { openFlow } from './flow.ts';
import { heapBytes } from './measure.ts';

export interface Unawaited {
  readonly publishes: number;
  readonly accepted: number;
  /** By the code of their error. Refusing beyond `maxWaitingBytes` is what bounds the memory. */
  readonly refused: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Highest heap and buffers in use above what there was before. */
  readonly peakBytes: number;
  readonly heapBytesLeft: number;
}

/** A loop that awaits nothing: every publish must settle, and memory stay within the publisher's bounds. */
export async function measureUnawaited(broker: BenchBroker, publishes: number): Promise<Unawaited> {
  const flow = await openFlow(broker.open(), { keys: 1_000 });
  await flow.run(1);
  const before = await heapBytes();
  const buffersBefore = process.memoryUsage().arrayBuffers;
  let peakBytes = 0;
  const look = (): void => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    peakBytes = Math.max(peakBytes, heapUsed - before + arrayBuffers - buffersBefore);
  };
  const watching = setInterval(look, 5);
  const startedAt = performance.now();
  const outcomes: Promise<unknown>[] = [];
  for (let index = 0; index < publishes; index += 1) {
    outcomes.push(flow.publisher.publish(benchType, benchData(`pay_${index % 1000}`)));
  }
  look();
  const settled = await Promise.allSettled(outcomes.splice(0));
  look();
  const refused: Record<string, number> = {};
  for (const outcome of settled) {
    if (outcome.status === 'fulfilled') continue;
    const code = String((outcome.reason as { readonly code?: unknown }).code);
    refused[code] = (refused[code] ?? 0) + 1;
  }
  const accepted = settled.filter(({ status }) => status === 'fulfilled').length;
  while (flow.consumer.stats().handled < accepted + 1) await new Promise((resolve) => setImmediate(resolve));
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(watching);
  settled.length = 0;
  const heapBytesLeft = (await heapBytes()) - before;
  await flow.close();
  return { publishes, accepted, refused, seconds: Number(seconds.toFixed(2)), peakBytes, heapBytesLeft };
}
