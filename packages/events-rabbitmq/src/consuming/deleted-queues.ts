import type { AdapterRuntime } from '@payments/events-core';
import type { Epoch, Held } from './epoch.ts';
import { releaseOf, type Settler } from '../settlement.ts';

/** How long the news of a group's other queues may take that were deleted together with the first, milliseconds. */
const togetherMs = 20;

/**
 * What becomes of messages whose queue somebody deletes while they are held here: this process has the only copy. Their
 * handlers may fail or obey their signal, so they are stored again as soon as there is a queue.
 */
export interface DeletedQueues {
  /** The broker has cancelled the consumer of a queue. Ends the epoch. */
  cancelled(epoch: Epoch, queue: string): void;
  /** Stores what was held. Call it when the queues are there again, and before anything is consumed. */
  restore(signal: AbortSignal): Promise<void>;
}

export interface DeletedQueuesOptions {
  readonly runtime: AdapterRuntime;
  readonly group: string;
  readonly settler: Settler;
}

export function createDeletedQueues({ runtime, group, settler }: DeletedQueuesOptions): DeletedQueues {
  const deleted = new WeakMap<Epoch, Set<string>>();
  /** Told of, and not collected yet. */
  const pending = new Map<Epoch, () => void>();
  let orphans: Held[] = [];

  function collect(epoch: Epoch, queues: ReadonlySet<string>): void {
    pending.delete(epoch);
    const found = [...epoch.holds()].filter(({ queue }) => queues.has(queue));
    orphans.push(...found);
    const names = [...queues].join(' and ');
    runtime.notify({
      kind: 'loss-suspected',
      group,
      message: `RabbitMQ has cancelled the consumer of ${names}, as it does when a queue is deleted: what lay there is gone, but for ${found.length} messages held by this process, which it stores again.`,
    });
    void epoch.end(new Error(`The right to settle this delivery is lost: ${names} was deleted.`));
  }

  return {
    cancelled(epoch, queue) {
      const known = deleted.get(epoch);
      if (known !== undefined) return void known.add(queue);
      const queues = new Set([queue]);
      deleted.set(epoch, queues);
      const cancel = runtime.clock.schedule(togetherMs, () => collect(epoch, queues));
      pending.set(epoch, () => {
        cancel();
        collect(epoch, queues);
      });
    },
    async restore(signal) {
      // Nobody may call this again: the consumer stops.
      for (const collectNow of Array.from(pending.values())) collectNow();
      const stored = await Promise.all(
        orphans.map((held) => {
          const { message, queue, note, unsettled } = held;
          return settler.storeCopy({ ...releaseOf(queue, note?.state ?? {}, unsettled), message, signal });
        }),
      );
      if (stored.every(Boolean)) orphans = [];
    },
  };
}
