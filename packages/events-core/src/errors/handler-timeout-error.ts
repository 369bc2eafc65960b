import { EventsError } from './events-error.ts';

/** A handler did not settle within `handlerTimeoutMs`; its `context.signal` has fired. Seen as the cause of a retry or dead letter. */
export class HandlerTimeoutError extends EventsError {
  static readonly code = 'EVENTS_HANDLER_TIMEOUT';
  readonly code = HandlerTimeoutError.code;

  constructor(message: string) {
    super(message, { retryable: true });
  }
}
