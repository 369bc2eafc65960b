import type { Clock } from '../contract/runtime.ts';
import { wait } from '../ports/wait.ts';

/** Spaces calls evenly, at most `perSecond` of them: resolves when the next may go, or when the signal aborts. */
export function createPace(clock: Clock, perSecond: number | undefined): (signal: AbortSignal) => Promise<void> {
  if (perSecond === undefined) return () => Promise.resolve();
  const gapMs = 1_000 / perSecond;
  let nextAt = clock.elapsed();
  return async (signal) => {
    const now = clock.elapsed();
    const delayMs = nextAt - now;
    nextAt = Math.max(nextAt, now) + gapMs;
    if (delayMs > 0) await wait(clock, delayMs, signal);
  };
}
