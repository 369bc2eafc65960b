import { backoffMs, EventsError, wait } from '@payments/events-core';
import type { OwnConnection } from '../connection.ts';
import type { Live } from './link.ts';

/** Asks until there is an answer, over as many connections as it takes. @throws what does not pass; {ClosedError} after close. */
export async function insist<T>(connection: OwnConnection, ask: (live: Live) => Promise<T>): Promise<T> {
  const { clock, random } = connection.runtime;
  for (let failures = 0; ; failures += 1) {
    const live = await connection.consuming.next();
    try {
      return await ask(live);
    } catch (error) {
      if (!EventsError.isInstance(error) || !error.retryable || connection.closed) throw error;
    }
    await wait(clock, backoffMs(failures, random), live.over);
  }
}
