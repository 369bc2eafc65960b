import {
  connectBroker,
  createConsumer,
  createPublisher,
  type Broker,
  type BrokerAdapter,
  type Consumer,
  type Ordering,
  type Publisher,
} from '@payments/events-core';
import { benchData, benchSource, benchType } from './bench-event.ts';

export interface FlowOptions {
  /** Different keys among the events. */
  readonly keys: number;
  readonly ordering?: Ordering;
}

/** A publisher and a consumer of one group on a broker, both as a user has them who sets no options. */
export interface Flow {
  readonly publisher: Publisher;
  readonly consumer: Consumer;
  /** Publishes events and waits until all are settled. Never are more than a window of them on their way. */
  run(events: number): Promise<void>;
  close(): Promise<void>;
}

/** Publishes on the way at once: the publisher's own default. */
export const flowWindow = 1_000;

export async function openFlow(adapter: BrokerAdapter, { keys, ordering = 'none' }: FlowOptions): Promise<Flow> {
  const broker: Broker = await connectBroker(adapter);
  const consumer = createConsumer({ broker, group: 'bench', ordering });
  const publisher = createPublisher({ broker, source: benchSource, window: flowWindow });
  const ids = Array.from({ length: keys }, (_, index) => `pay_${index}`);
  let handled = 0;
  let onHandled = (): void => {};
  consumer.on(benchType, () => {
    handled += 1;
    onHandled();
  });
  await consumer.start();

  /** A handler has run before its event is settled: the last ones are waited for. */
  async function whenSettled(count: number): Promise<void> {
    while (consumer.stats().handled < count) await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    publisher,
    consumer,
    async run(events) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const target = handled + events;
      let toSend = events;
      let onTheirWay = 0;
      const publishMore = (): void => {
        while (toSend > 0 && onTheirWay < flowWindow) {
          toSend -= 1;
          onTheirWay += 1;
          publisher.publish(benchType, benchData(ids[toSend % keys] ?? '')).catch(reject);
        }
      };
      onHandled = () => {
        onTheirWay -= 1;
        if (handled === target) resolve();
        else if (onTheirWay <= flowWindow / 2) publishMore();
      };
      publishMore();
      await promise;
      await whenSettled(target);
    },
    close: () => broker.close(),
  };
}
