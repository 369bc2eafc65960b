import { EventsError } from './events-error.ts';

/** Another sweep of the same dead letters is running, and this one would have seen only a part. */
export class DeadLetterStoreBusyError extends EventsError {
  static readonly code = 'EVENTS_DEAD_LETTERS_BUSY';
  readonly code = DeadLetterStoreBusyError.code;

  constructor(message: string) {
    super(message, { retryable: true });
  }
}
