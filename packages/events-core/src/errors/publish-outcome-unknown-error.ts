import { EventsError } from './events-error.ts';
import type { PublishFailure } from './publish-rejected-error.ts';

/** No answer within `publishTimeoutMs`, after at least one try that may have been stored. Publish the same prepared event again: the id stays the same. */
export class PublishOutcomeUnknownError extends EventsError {
  static readonly code = 'EVENTS_PUBLISH_OUTCOME_UNKNOWN';
  readonly code = PublishOutcomeUnknownError.code;
  readonly eventId: string;
  readonly eventType: string;
  readonly tries: number;

  constructor(message: string, failure: PublishFailure) {
    super(message, { retryable: true, cause: failure.cause });
    this.eventId = failure.id;
    this.eventType = failure.type;
    this.tries = failure.tries;
  }
}
