import { DeadLetterStoreBusyError, type DeadLetterStore } from '@payments/events-core';
import type { OwnConnection } from './connection.ts';
import type { SweepLocks } from './sweeping/lock.ts';
import { createSweep } from './sweeping/sweep.ts';
import { queuesOf } from './topology.ts';

/** The dead letters of all groups, for one adapter. */
export interface DeadLetters {
  of(group: string): DeadLetterStore;
  /** Letters that a sweep of this process holds, so that the broker does not count them. */
  held(group: string): number;
}

export function createDeadLetters(connectionOf: () => OwnConnection, alone: SweepLocks): DeadLetters {
  const sweeping = new Map<string, { readonly held: number }>();

  return {
    of: (group) => ({
      async sweep(visit, { signal }) {
        const { sweepLock } = queuesOf(connectionOf().settings.queuePrefix, group);
        const lock = { queue: sweepLock, path: 'group', busy: () => busy(group) };
        return alone(lock, async (connection, live) => {
          const sweep = createSweep({ connection, live, group, busy: lock.busy });
          sweeping.set(group, sweep);
          try {
            return await sweep.run(visit, signal);
          } finally {
            sweeping.delete(group);
          }
        });
      },
    }),
    held: (group) => sweeping.get(group)?.held ?? 0,
  };
}

function busy(group: string): DeadLetterStoreBusyError {
  return new DeadLetterStoreBusyError(
    `The dead letters of group "${group}" are being looked through by somebody else. Try again when that has ended.`,
  );
}
