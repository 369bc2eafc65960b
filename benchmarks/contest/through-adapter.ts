import { randomUUID } from 'node:crypto';
import { systemClock, type AdapterRuntime, type BrokerAdapter, type SubscriptionSpec } from '@payments/events-core';
import { benchBody, benchType, type BenchEnvelope } from '../bench-event.ts';
import { heldAtOnce, type OpenContender } from './contender.ts';
import { contestGroup } from './through-core.ts';

const quiet = (): void => {};

const runtime: AdapterRuntime = {
  instance: 'bench',
  clock: systemClock,
  random: Math.random,
  logger: { info: quiet, warn: quiet, error: quiet },
  notify: quiet,
  busy: () => 0,
};

const spec = {
  patterns: [benchType],
  types: [benchType],
  ordering: 'none',
  retryDelaysMs: [],
  startFrom: 'earliest',
  maxInFlight: heldAtOnce,
} satisfies Omit<SubscriptionSpec, 'group'>;

/** An adapter without core: the same body and headers, no validation, no pipeline. */
export async function openThroughAdapter(adapter: BrokerAdapter, group = contestGroup): Promise<OpenContender> {
  const { signal } = new AbortController();
  await adapter.connect(runtime, { signal });
  await adapter.declareGroup({ ...spec, group });
  return {
    async publish(paymentId) {
      const id = randomUUID();
      const headers = {
        'event-id': id,
        'event-type': benchType,
        'content-type': 'application/json',
        'schema-version': '1',
        'event-key': paymentId,
      };
      const body = benchBody(id, new Date().toISOString(), paymentId);
      await adapter.send({ id, type: benchType, key: paymentId, headers, body }, { signal });
    },
    async consume(handle) {
      const subscription = await adapter.subscribe({ ...spec, group }, async ({ message }) => {
        handle((JSON.parse(textOf(message.body)) as BenchEnvelope).data);
        return { kind: 'ack' };
      });
      return { stop: () => subscription.stop({ signal }) };
    },
    waiting: async () => (await adapter.backlog(group)).waiting,
    close: () => adapter.close({ signal }),
  };
}

const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString();
