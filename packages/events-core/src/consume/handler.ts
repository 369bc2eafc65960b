import type { IncomingMessage } from '../contract/message.ts';
import type { Event } from '../events/event.ts';

export interface RetryOptions {
  /**
   * Milliseconds until the next attempt, 0–86,400,000; with ordering `key`, where the event waits in place, no longer than
   * the broker lets it be held. A broker with steps rounds it up to the next delay of the retry policy, or down to the
   * last. @default what the retry policy says for this attempt
   */
  readonly delayMs?: number;
  readonly reason?: string;
}

/** What a handler may know and decide about the delivery at hand. */
export interface HandlerContext {
  readonly group: string;
  /** How often core has run the handlers for this event in this group, this time included. Starts at 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** When the first attempt failed; absent on the first attempt. */
  readonly firstFailedAt?: Date;
  /** How often operators have redriven this event from the dead letters. */
  readonly redrives: number;
  /** Aborts on timeout, when the drain deadline has passed and when the delivery is lost; not when `stop` begins. */
  readonly signal: AbortSignal;
  /** Ends the attempt: again later. Counts as a failed attempt. Records the decision, then throws: it stands even if the handler catches. */
  retry(options?: RetryOptions): never;
  /** Ends the attempt: to the dead letters at once. Records the decision, then throws. */
  deadLetter(reason: string): never;
  /** Headers and bytes as received. */
  readonly message: IncomingMessage;
  /** The broker's native message. */
  readonly raw: unknown;
}

/** Returning acknowledges; throwing is the retry policy; `NonRetryableError` is the dead letters at once. */
export type Handler<E extends Event = Event> = (event: E, context: HandlerContext) => unknown;

/**
 * Runs around all handlers of an event, once per attempt, in order of registration. What it throws counts as the
 * handlers' failure; what it catches does not. It calls `next` at most once and awaits it; one that does not call it
 * acknowledges the event unhandled.
 */
export type Middleware = (event: Event, context: HandlerContext, next: () => Promise<void>) => Promise<void>;
