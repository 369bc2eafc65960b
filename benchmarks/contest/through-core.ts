import { connectBroker, createConsumer, createPublisher, type BrokerAdapter } from '@payments/events-core';
import { benchData, benchSource, benchType } from '../bench-event.ts';
import { heldAtOnce, openPublishes, type OpenContender } from './contender.ts';

export const contestGroup = 'bench';

/** Nothing fails here: no queues for retries are needed. */
const retry = { maxAttempts: 1 };

/** A publisher and consumers of one group, as a user of the library has them. */
export async function openThroughCore(adapter: BrokerAdapter, group = contestGroup): Promise<OpenContender> {
  const groups = [{ group, patterns: [benchType], retry }] as const;
  const broker = await connectBroker(adapter, { groups });
  const publisher = createPublisher({ broker, source: benchSource, window: openPublishes });
  return {
    async publish(paymentId) {
      await publisher.publish(benchType, benchData(paymentId));
    },
    async consume(handle) {
      const consumer = createConsumer({ broker, group, concurrency: heldAtOnce, retry });
      consumer.on(benchType, ({ data }) => handle(data));
      await consumer.start();
      return { stop: async () => void (await consumer.stop()) };
    },
    waiting: async () => (await broker.backlog(group)).waiting,
    close: () => broker.close(),
  };
}
