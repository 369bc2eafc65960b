import { createConsumer, createPublisher } from '@payments/events-core';
import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { connectWith } from '../../bad-days/bad-day.ts';
import { payment, type } from '../support/events.ts';
import { openNamespace } from '../support/namespace.ts';

describe(
  'topics that are deleted under a running group, and made again by the next publish',
  { timeout: 60_000 },
  () => {
    // The group commits a quarter of a second after its first settlement: before the deletion, while there is no topic, or for the new one.
    for (const afterMs of [0, 90, 210, 400]) {
      test(`what is published after a deletion ${afterMs} ms after the last event is handled, from the first one on`, async () => {
        const place = await openNamespace();
        await using broker = await connectWith(place.messaging);
        const handled = new Set<string>();
        const consumer = createConsumer({ broker, group: place.group('ledger') });
        consumer.on(type, ({ id }) => void handled.add(id));
        await consumer.start();
        const publisher = createPublisher({ broker, source: '/tests' });
        const publish = (id: string) => publisher.publish(type, { ...payment, payment_id: id }, { id });

        const before = Array.from({ length: 10 }, (_, index) => `before-${index}`);
        await Promise.all(before.map(publish));
        await vi.waitFor(() => expect([...handled].toSorted()).toEqual(before), 20_000);
        await pass(afterMs);
        const topics = (await place.topics()).map((topic) => `${place.prefix}${topic}`);
        await place.admin.deleteTopics({ topics });
        // The controller answers before its brokers have heard of it: until then they accept events for what is deleted.
        await vi.waitFor(async () => expect(await place.topics()).toEqual([]), 10_000);

        const after: string[] = [];
        const flowsAgain = async () => {
          const id = `after-${after.length}`;
          await publish(id);
          after.push(id);
          expect(after.some((id) => handled.has(id))).toBe(true);
        };
        await vi.waitFor(flowsAgain, { timeout: 30_000, interval: 50 });
        await vi.waitFor(() => expect(after.filter((id) => !handled.has(id))).toEqual([]), 10_000);
      });
    }
  },
);
