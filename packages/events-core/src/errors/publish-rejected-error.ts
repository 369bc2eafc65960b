import { EventsError } from './events-error.ts';
import type { SendFailureReason } from './send-error.ts';

/** Why the broker refused it, or why it was never sent. */
export type PublishRejectionReason = SendFailureReason | 'window-full' | 'schema-timeout';

export interface PublishFailure {
  readonly id: string;
  readonly type: string;
  /** How many times it was sent. */
  readonly tries: number;
  readonly cause?: unknown;
}

/**
 * The event was not accepted. With `tries` above 0 the broker refused it each time; with 0 it was never sent: too much was
 * waiting, no place came free in time, or its schema was too slow. Publishing the same prepared event again is safe.
 */
export class PublishRejectedError extends EventsError {
  static readonly code = 'EVENTS_PUBLISH_REJECTED';
  readonly code = PublishRejectedError.code;
  readonly eventId: string;
  readonly eventType: string;
  readonly tries: number;
  readonly reason: PublishRejectionReason;

  constructor(
    message: string,
    failure: PublishFailure & { readonly reason: PublishRejectionReason; readonly retryable: boolean },
  ) {
    super(message, failure);
    this.eventId = failure.id;
    this.eventType = failure.type;
    this.tries = failure.tries;
    this.reason = failure.reason;
  }
}
