import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerStats } from '@payments/events-core';

/** Waits until a consumer has handled or dead-lettered so many events. Services run on; examples end, and this tells them when. */
export async function settled(consumer: { stats(): ConsumerStats }, count: number): Promise<void> {
  for (;;) {
    const { handled, deadLettered } = consumer.stats();
    if (handled + deadLettered >= count) return;
    await sleep(5);
  }
}
