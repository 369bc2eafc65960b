import type { Clock } from '@payments/events-core';

/** Resolves after so many milliseconds, or as soon as the signal aborts: the caller looks at the signal. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.schedule(delayMs, end);
  function end(): void {
    cancel();
    signal.removeEventListener('abort', end);
    resolve();
  }
  signal.addEventListener('abort', end, { once: true });
  return promise;
}

const firstBackoffMs = 50;
const longestBackoffMs = 1_000;

/** Twice as long after each failure, up to a second, half of it by chance: what failed together does not come back together. */
export function backoffMs(failures: number, random: () => number): number {
  return Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2);
}
