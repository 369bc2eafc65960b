import type { Clock } from '../contract/runtime.ts';

/** A broker, or the way to it, has not answered in time: nobody knows what it has done. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface Patience {
  readonly clock: Clock;
  readonly ms: number;
  /** Whose answer is awaited. @example 'RabbitMQ' */
  readonly who: string;
  /** What they are to do. @example 'open a channel' */
  readonly what: string;
}

/**
 * What the promise brings, unless it takes too long: no call of a client is sure to end by itself when its peer is silent.
 * @throws {NoAnswer} after `ms`, saying what was waited for.
 */
export async function within<T>(promise: Promise<T>, { clock, ms, who, what }: Patience): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.schedule(ms, () => reject(new NoAnswer(`${who} did not ${what} within ${ms} ms.`)));
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}
