import { DeadLetterStoreBusyError, type DeadLetterStore } from '@payments/events-core';
import type { Connection } from './connection.ts';
import { sweepLetters } from './sweeping/sweep.ts';

/** The dead letters of all groups, for one adapter. */
export interface DeadLetters {
  of(group: string): DeadLetterStore;
}

export function createDeadLetters(connectionOf: () => Connection): DeadLetters {
  /** Groups that this adapter is sweeping. */
  const sweeping = new Set<string>();

  return {
    of: (group) => ({
      async sweep(visit, { signal }) {
        const connection = connectionOf();
        if (sweeping.has(group)) throw busy(group);
        sweeping.add(group);
        try {
          return await sweepLetters({ connection, group, busy: () => busy(group) }, visit, signal);
        } finally {
          sweeping.delete(group);
        }
      },
    }),
  };
}

function busy(group: string): DeadLetterStoreBusyError {
  return new DeadLetterStoreBusyError(
    `The dead letters of group "${group}" are being looked through by somebody else, or by a process that has just ended. Try again in some seconds.`,
  );
}
