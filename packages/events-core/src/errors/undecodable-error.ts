import { EventsError } from './events-error.ts';

/** A body is not an event. The message is dead-lettered as it is. */
export class UndecodableError extends EventsError {
  static readonly code = 'EVENTS_UNDECODABLE';
  readonly code = UndecodableError.code;
  /** `undecodable`: not JSON, not an object, hostile. `invalid-envelope`: JSON, but a field is missing or wrong. `inexact-number`: a number that cannot be carried. */
  readonly reason: 'undecodable' | 'invalid-envelope' | 'inexact-number';

  constructor(message: string, reason: UndecodableError['reason'], options?: { readonly cause?: unknown }) {
    super(message, { retryable: false, ...options });
    this.reason = reason;
  }
}
