import type { BenchData } from '../bench-event.ts';

/** A program that publishes and consumes the bench event on one broker. */
export interface Contender {
  /** Opens connections and declares what it needs, with nothing left in it of an earlier run. */
  open(url: string): Promise<OpenContender>;
}

/**
 * All contenders of a broker promise the same: what `publish` resolved for is stored durably and was not dropped for want
 * of a queue, and what `handle` was called with is acknowledged afterwards, never before.
 */
export interface OpenContender {
  /** One event of its own id. Resolves when the broker has confirmed it, rejects when it refused it. */
  publish(paymentId: string): Promise<void>;
  /** Hands over what is stored and what comes, decoded, and acknowledges each after its call. */
  consume(handle: (data: BenchData) => void): Promise<Consuming>;
  /** Stored, and handed to no consumer: as the broker counts it. */
  waiting(): Promise<number>;
  /** Removes what it has declared, and closes. */
  close(): Promise<void>;
}

interface Consuming {
  /** Takes no more; resolves when all acknowledgements have been sent. */
  stop(): Promise<void>;
}

/** Publishes that are open at once in a publish load: the default window of our publisher. */
export const openPublishes = 1_000;

/** Events that a consumer may hold at once: what the tuned program found best, and all contenders use. */
export const heldAtOnce = 500;
