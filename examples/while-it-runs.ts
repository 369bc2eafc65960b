import { setTimeout as sleep } from 'node:timers/promises';
import { createPublisher, type Broker, type ConsumerStats, type Publisher } from '@payments/events-core';
import { settled } from './settled.ts';

interface Service {
  readonly broker: Broker;
  readonly consumer: { stats(): ConsumerStats };
}

/**
 * What happens around a service: once it runs and waits for SIGTERM, somebody publishes so many events, and when they are
 * handled, a deployment ends the service. All in one process, because a memory broker lives in one.
 */
export async function whileItRuns(
  service: () => Service,
  count: number,
  publish: (publisher: Publisher) => Promise<void>,
): Promise<void> {
  while (process.listenerCount('SIGTERM') === 0) await sleep(5);
  const { broker, consumer } = service();
  await publish(createPublisher({ broker, source: '/billing' }));
  await settled(consumer, count);
  process.kill(process.pid, 'SIGTERM');
}
