import { EventsError } from './events-error.ts';

/** Used after it was closed or stopped. */
export class ClosedError extends EventsError {
  static readonly code = 'EVENTS_CLOSED';
  readonly code = ClosedError.code;

  constructor(message: string) {
    super(message, { retryable: false });
  }
}
