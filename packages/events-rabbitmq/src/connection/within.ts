import type { Clock } from '@payments/events-core';

/** RabbitMQ, or the way to it, has not answered in time: nobody knows what it has done. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface Patience {
  readonly clock: Clock;
  readonly ms: number;
  /** What RabbitMQ is to do: `open a channel`. */
  readonly what: string;
}

/**
 * What the promise brings, unless it takes too long: no call of the client ends by itself when its peer is silent.
 * @throws {NoAnswer} after `ms`, saying what was waited for.
 */
export async function within<T>(promise: Promise<T>, { clock, ms, what }: Patience): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.schedule(ms, () => reject(new NoAnswer(`RabbitMQ did not ${what} within ${ms} ms.`)));
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
