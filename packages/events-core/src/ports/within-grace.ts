import type { Clock } from '../contract/runtime.ts';

/**
 * What the promise brings, or `late` once `graceMs` have passed since the signal aborted: for what was told to end and may
 * not listen. What comes later is ignored.
 */
export async function withinGrace<T>(
  promise: Promise<T>,
  { signal, clock, graceMs }: { readonly signal: AbortSignal; readonly clock: Clock; readonly graceMs: number },
): Promise<T | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  let cancel = () => {};
  const onAbort = () => {
    cancel = clock.schedule(graceMs, () => resolve('late'));
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, late]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    cancel();
  }
}
