import type { Clock } from '@payments/events-core';
import type { Wire } from './server/wire.ts';

export interface Asking<T> {
  readonly clock: Clock;
  readonly wire: Wire;
  /** Runs at the server. */
  readonly question: () => T;
  /** No answer came in time. */
  readonly late: () => void;
}

/** A connection that loses an answer is to be given up: heartbeats alone would keep it, and whoever asked would wait for ever. */
export async function answerWithin<T>(withinMs: number, { clock, wire, question, late }: Asking<T>): Promise<T> {
  const cancel = clock.schedule(withinMs, late);
  try {
    return await wire.call(question);
  } finally {
    cancel();
  }
}
