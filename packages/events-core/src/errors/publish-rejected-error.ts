import { EventsError } from './events-error.ts';
import type { SendFailureReason } from './send-error.ts';

export interface PublishFailure {
  readonly id: string;
  readonly type: string;
  /** How many times it was sent. */
  readonly tries: number;
  readonly cause?: unknown;
}

/** The broker refused the event every time; it is not stored for the group that refused it. Publishing the same prepared event again is safe. */
export class PublishRejectedError extends EventsError {
  static readonly code = 'EVENTS_PUBLISH_REJECTED';
  readonly code = PublishRejectedError.code;
  readonly eventId: string;
  readonly eventType: string;
  readonly tries: number;
  readonly reason: SendFailureReason | 'window-full';

  constructor(
    message: string,
    failure: PublishFailure & { readonly reason: SendFailureReason | 'window-full'; readonly retryable: boolean },
  ) {
    super(message, failure);
    this.eventId = failure.id;
    this.eventType = failure.type;
    this.tries = failure.tries;
    this.reason = failure.reason;
  }
}
