import type { Message } from 'amqplib';
import type { NativeMessage } from '../mapping.ts';

/** One message on its way to the broker. In one lane. */
export interface Posting<Self> {
  readonly exchange: string;
  native: NativeMessage;
  /** Of the body. */
  readonly bytes: number;
  readonly signal: AbortSignal;
  /** `left`: nobody waits any longer, and the broker has not answered yet. */
  stage: 'waiting' | 'written' | 'left' | 'over';
  /** On the clock that never goes back. */
  writtenAt: number;
  /** The broker had no queue for it. */
  returned: boolean;
  previous: Self | undefined;
  next: Self | undefined;
}

/** What became of a posting. */
export type Outcome =
  | { readonly kind: 'accepted' }
  /** Confirmed, and no queue has it. */
  | { readonly kind: 'returned' }
  /** The broker said no. */
  | { readonly kind: 'full' }
  /** The user may not write there; or not log in. */
  | { readonly kind: 'forbidden'; readonly error: unknown }
  /** There is no such exchange, and it could not be declared. */
  | { readonly kind: 'missing'; readonly error: unknown }
  /** Cannot be written, or the broker refuses such a message. */
  | { readonly kind: 'invalid'; readonly error: unknown }
  /** Written, and the channel ended before the answer. */
  | { readonly kind: 'lost'; readonly error: unknown }
  /** Its signal aborted. */
  | { readonly kind: 'aborted'; readonly written: boolean };

export const accepted: Outcome = { kind: 'accepted' };
export const returned: Outcome = { kind: 'returned' };
export const full: Outcome = { kind: 'full' };

/** In place of what nobody waits for any longer. */
export const nothing: NativeMessage = { routingKey: '', content: Buffer.alloc(0), properties: {} };

/** What a lane asks of whoever posts in it. */
export interface LaneOptions<P extends Posting<P>> {
  /** Most messages written and not yet answered. */
  readonly maxMessages: number;
  /** Most bytes of them; one message may be larger. */
  readonly maxBytes: number;
  /** Called once for each posting. Must not throw. */
  settled(posting: P, outcome: Outcome): void;
  /** Whether a returned message is this posting. */
  isReturned(posting: P, message: Message): boolean;
  /** The broker answered. */
  progressed(): void;
  /** Declares the exchange again. */
  repair(): Promise<void>;
}
