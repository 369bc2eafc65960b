import type { Clock } from '@payments/events-core';

export interface Limits {
  readonly clock: Pick<Clock, 'schedule'>;
  readonly ms: number;
  readonly signal?: AbortSignal;
}

/** Resolves when the promise has settled, the time is over or the signal aborts, and leaves neither timer nor listener. */
export function atMost(promise: Promise<unknown>, { clock, ms, signal }: Limits): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.schedule(ms, done);
    signal?.addEventListener('abort', done, { once: true });
    promise.then(done, done);
    if (signal?.aborted === true) done();
  });
}
