import { setTimeout as sleep } from 'node:timers/promises';
import { createConsumer, createPublisher, type Broker } from '@payments/events-core';
import type { Entry } from '../../crash-rounds/entries.ts';
import { complaints, judge } from '../../crash-rounds/judge.ts';
import { microseconds } from '../../crash-rounds/ledger-file.ts';
import { type } from '../support/events.ts';
import type { Namespace } from '../support/namespace.ts';
import { readIds } from '../support/read-ids.ts';

/** Events that are published and handled all the time, in the order of their keys. */
export interface Flow {
  /** Publishes that were acknowledged. */
  readonly acknowledged: number;
  /** Ends publishing, waits for the handlers, and holds what was handled and stored against what was promised. */
  stop(): Promise<FlowVerdict>;
}

interface FlowVerdict {
  /** Empty where every promise was kept. */
  readonly complaints: readonly string[];
  readonly figures: {
    readonly acknowledged: number;
    readonly handledAgain: number;
    readonly longestPublishMs: number;
    /** The longest for which nothing at all was handled. */
    readonly longestSilenceMs: number;
    readonly storedTwice: number;
  };
}

const keys = Array.from({ length: 60 }, (_, index) => `pay_${index + 1}`);
const pauseMs = 80;
const drainMs = 60_000;

/** @param topic all events go there, behind the prefix */
export async function startFlow(broker: Broker, place: Namespace, topic: string): Promise<Flow> {
  const group = place.group('flow');
  const entries: Entry[] = [];
  const failed: string[] = [];
  const handled = new Set<string>();
  let acknowledged = 0;
  let longestPublishMs = 0;
  let longestSilenceMs = 0;
  let handledAt: number | undefined;
  let stopping = false;

  const consumer = createConsumer({ broker, group, ordering: 'key' });
  consumer.on(type, ({ id, data: { payment_id: key, amount: number } }, { attempt }) => {
    const entry = { id, key, number, group, attempt, at: microseconds() };
    entries.push({ ...entry, kind: 'began' }, { ...entry, kind: 'handled' });
    handled.add(id);
    const now = performance.now();
    longestSilenceMs = Math.max(longestSilenceMs, now - (handledAt ?? now));
    handledAt = now;
  });
  await consumer.start();
  const publisher = createPublisher({ broker, source: '/cluster', publishTimeoutMs: 60_000 });

  async function publishInOrder(key: string): Promise<void> {
    for (let number = 1; !stopping; number += 1) {
      const id = `${key}-${number}`;
      entries.push({ kind: 'intended', id, key, number });
      const startedAt = performance.now();
      try {
        await publisher.publish(type, { payment_id: key, amount: number, currency: 'EUR' }, { id });
        entries.push({ kind: 'acknowledged', id });
        acknowledged += 1;
      } catch (error) {
        failed.push(`${id} was not published: ${String(error)}`);
        return;
      }
      longestPublishMs = Math.max(longestPublishMs, performance.now() - startedAt);
      await sleep(pauseMs * Math.random() * 2);
    }
  }
  const publishing = keys.map(publishInOrder);

  return {
    get acknowledged() {
      return acknowledged;
    },
    async stop() {
      stopping = true;
      await Promise.all(publishing);
      const due = performance.now() + drainMs;
      while (handled.size < acknowledged && performance.now() < due) await sleep(100);
      await consumer.stop();
      const verdict = judge({ entries, group, dead: [], inOrder: true });
      const stored = await readIds(place.url, `${place.prefix}${topic}`);
      const there = new Set(stored);
      const missing = entries.flatMap((entry) =>
        entry.kind === 'acknowledged' && !there.has(entry.id) ? entry.id : [],
      );
      return {
        complaints: [
          ...failed,
          ...complaints(verdict),
          ...(missing.length > 0 ? [`not stored ${missing.length}: ${missing.slice(0, 10).join(', ')}`] : []),
        ],
        figures: {
          acknowledged,
          handledAgain: verdict.figures.handledAgain,
          longestPublishMs: Math.round(longestPublishMs),
          longestSilenceMs: Math.round(longestSilenceMs),
          storedTwice: stored.length - there.size,
        },
      };
    },
  };
}
