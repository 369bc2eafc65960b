import type { DeadLetterStore } from '@payments/events-core';
import type { Connection } from './connection.ts';
import { toDeadLetter } from './mapping.ts';

/** The dead letters of one group. A second sweep at once is refused. */
export function createDeadLetterStore(connection: Connection, group: string): DeadLetterStore {
  return {
    async sweep(visit, { signal }) {
      // All on one connection: the server ends the sweep of one that is lost.
      const { live } = connection;
      const sweep = await connection.ask((session) => session.sweep(group), live);
      let visited = 0;
      try {
        for (;;) {
          if (signal.aborted) return { visited, complete: false };
          const letter = await connection.ask(() => sweep.next(), live);
          if (letter === undefined) return { visited, complete: true };
          const verdict = await visit(toDeadLetter(letter, group));
          visited += 1;
          if (verdict.action === 'stop') return { visited, complete: false };
          if (verdict.action === 'keep') continue;
          // Stored before it is removed: a crash between doubles it, never loses it.
          if (verdict.action === 'redrive')
            await connection.ask((session) => session.redrive(group, letter, verdict.state), live);
          await connection.ask((session) => session.discard(group, letter), live);
        }
      } finally {
        await connection.ask(() => sweep.close(), live).catch(() => {});
      }
    },
  };
}
