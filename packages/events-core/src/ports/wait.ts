import type { Clock } from '../contract/runtime.ts';

/** Resolves after `delayMs`, or as soon as the signal aborts: the caller looks at the signal. */
export function wait(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => {
    cancel();
    signal?.removeEventListener('abort', end);
    resolve();
  };
  const cancel = clock.schedule(delayMs, end);
  signal?.addEventListener('abort', end, { once: true });
  return promise;
}
