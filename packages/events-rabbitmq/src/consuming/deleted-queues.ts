import type { GroupSpec } from '@payments/events-core';
import type { Connection } from '../connection.ts';
import { withChannel } from '../connection/channel.ts';
import type { Live } from '../connection/link.ts';
import { cancelsAtTimeout } from '../connection/server-version.ts';
import { releaseOf, type Settler } from '../settlement.ts';
import type { Epoch, Held } from './epoch.ts';
import { endFailed } from './intake.ts';

/** How long the news of a group's other queues may take that were deleted together with the first, milliseconds. */
const togetherMs = 20;

/**
 * What becomes of messages whose queue somebody deletes while they are held here: this process has the only copy. Their
 * handlers may fail or obey their signal, so they are stored again as soon as there is a queue.
 */
export interface DeletedQueues {
  /** The broker has cancelled the consumer of a queue. Ends the epoch. */
  cancelled(epoch: Epoch, queue: string): void;
  /**
   * Stores what was held, with ordering `key` one after another. Call it when the queues are there again, and before
   * anything is consumed. Concurrent calls take turns. Never rejects.
   */
  restore(signal: AbortSignal): Promise<void>;
}

export interface DeletedQueuesOptions {
  readonly connection: Pick<Connection, 'runtime' | 'settings'>;
  readonly spec: Pick<GroupSpec, 'group' | 'ordering'>;
  readonly settler: Pick<Settler, 'storeCopy'>;
}

/** A cancellation that was told of, and is not judged yet. */
interface Pending {
  readonly judged: Promise<void>;
  /** Waits for no more news. */
  hurry(): void;
}

export function createDeletedQueues({ connection, spec, settler }: DeletedQueuesOptions): DeletedQueues {
  const { runtime, settings } = connection;
  const { clock, logger } = runtime;
  const { group, ordering } = spec;
  const cancelledOf = new WeakMap<Epoch, Set<string>>();
  const pending = new Set<Pending>();
  const orphans = new Set<Held>();
  let restoring = Promise.resolve();

  async function judge(epoch: Epoch, queues: ReadonlySet<string>): Promise<void> {
    const there = await timedOut(epoch, queues);
    const deleted = [...queues].filter((queue) => !there.has(queue));
    if (deleted.length > 0) {
      collect(epoch, deleted);
      void epoch.end(new Error(`The right to settle this delivery is lost: ${deleted.join(' and ')} was deleted.`));
    } else {
      logger.warn(
        { group, queues: [...queues] },
        'RabbitMQ takes back what was held for too long, and delivers it again',
      );
      void epoch.end(new Error('The right to settle this delivery is lost: it was held for too long.'));
    }
  }

  /**
   * Which of them are there still: their consumers were cancelled because something was held for too long, and the broker
   * delivers it again. That a queue is there does not say that it never was deleted, for another member may have declared
   * it since. So it is asked only where the timeout may have passed; and no answer is none: rather twice than not at all.
   */
  async function timedOut({ live, holds }: Epoch, queues: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const there = new Set<string>();
    if (!cancelsAtTimeout(live.model.connection.serverProperties)) return there;
    // The broker's count began earlier than ours, by what the way took.
    const since = clock.elapsed() - settings.consumerTimeoutMs / 2;
    const late = new Set([...holds()].filter(({ heldAtMs }) => heldAtMs <= since).map(({ queue }) => queue));
    for (const queue of Array.from(queues)) if (late.has(queue) && (await exists(live, queue))) there.add(queue);
    return there;
  }

  async function exists(live: Live, queue: string): Promise<boolean> {
    try {
      await withChannel(live, clock, (channel) => channel.checkQueue(queue));
      return true;
    } catch (error) {
      logger.warn({ group, queue, err: error }, 'a queue whose consumer was cancelled was not found');
      return false;
    }
  }

  function collect(epoch: Epoch, deleted: readonly string[]): void {
    const found = [...epoch.holds()].filter(({ queue }) => deleted.includes(queue));
    for (const held of found) orphans.add(held);
    runtime.notify({
      kind: 'loss-suspected',
      group,
      message: `RabbitMQ has cancelled the consumer of ${deleted.join(' and ')}, as it does when a queue is deleted: what lay there is gone, but for ${found.length} messages held by this process, which it stores again.`,
    });
  }

  async function restoreAll(signal: AbortSignal): Promise<void> {
    // Nobody may call this again: the consumer stops.
    for (const { hurry } of pending) hurry();
    await Promise.all(Array.from(pending, ({ judged }) => judged));
    const found = Array.from(orphans);
    if (ordering === 'none') return void (await Promise.all(found.map((held) => store(held, signal))));
    for (const held of found) await store(held, signal);
  }

  async function store(held: Held, signal: AbortSignal): Promise<void> {
    const { message, queue, note, unsettled } = held;
    // The others would wait for it for ever.
    const hopeless = new AbortController();
    const copying = { ...releaseOf(queue, note?.state ?? {}, unsettled), message, stuck: () => hopeless.abort() };
    const stored = await settler.storeCopy({ ...copying, signal: AbortSignal.any([signal, hopeless.signal]) });
    if (stored || hopeless.signal.aborted) orphans.delete(held);
    if (stored || !hopeless.signal.aborted) return;
    const id: unknown = message.properties.messageId;
    runtime.notify({
      kind: 'loss-suspected',
      group,
      message: `Message ${String(id)} of the deleted queue ${queue} cannot be copied, so it could not be stored again: unless its handler has succeeded, it is lost.`,
    });
  }

  return {
    cancelled(epoch, queue) {
      const known = cancelledOf.get(epoch);
      if (known !== undefined) return void known.add(queue);
      const queues = new Set([queue]);
      cancelledOf.set(epoch, queues);
      const { promise: due, resolve: hurry } = Promise.withResolvers<void>();
      const cancel = clock.schedule(togetherMs, hurry);
      const judged = due
        .then(() => (cancel(), judge(epoch, queues)))
        .catch((error: unknown) => endFailed(epoch, logger, { queue, error }))
        .finally(() => pending.delete(entry));
      const entry: Pending = { judged, hurry };
      pending.add(entry);
    },
    restore(signal) {
      const next = () => restoreAll(signal);
      restoring = restoring.then(next, next);
      return restoring;
    },
  };
}
