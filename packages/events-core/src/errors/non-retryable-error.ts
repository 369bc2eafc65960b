import { EventsError } from './events-error.ts';

/** Thrown by a handler: no further attempt can help, dead-letter the event at once. */
export class NonRetryableError extends EventsError {
  static readonly code = 'EVENTS_NON_RETRYABLE';
  readonly code = NonRetryableError.code;

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, { retryable: false, ...options });
  }
}
