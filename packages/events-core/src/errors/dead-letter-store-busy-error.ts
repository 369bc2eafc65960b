import { EventsError } from './events-error.ts';

/** The dead letters cannot be seen whole now: another sweep of them is running, or there are more than the broker shows at once. */
export class DeadLetterStoreBusyError extends EventsError {
  static readonly code = 'EVENTS_DEAD_LETTERS_BUSY';
  readonly code = DeadLetterStoreBusyError.code;

  constructor(message: string) {
    super(message, { retryable: true });
  }
}
