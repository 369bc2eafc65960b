import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, ConsumerStats } from '@payments/events-core';

/** Waits until a consumer has handled or dead-lettered so many events. Services run on; examples end, and this tells them when. */
export async function settled(consumer: { stats(): ConsumerStats }, count: number): Promise<void> {
  for (;;) {
    const { handled, deadLettered } = consumer.stats();
    if (handled + deadLettered >= count) return;
    await sleep(5);
  }
}

/** Waits until so many dead letters of a group lie in the broker; a consumer counts them when their handler has failed. */
export async function buried(broker: Pick<Broker, 'backlog'>, group: string, count: number): Promise<void> {
  while ((await broker.backlog(group)).dead < count) await sleep(5);
}
