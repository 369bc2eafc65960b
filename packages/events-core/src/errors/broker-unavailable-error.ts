import { EventsError } from './events-error.ts';

/** The broker did not answer. */
export class BrokerUnavailableError extends EventsError {
  static readonly code = 'EVENTS_BROKER_UNAVAILABLE';
  readonly code = BrokerUnavailableError.code;

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, { retryable: true, ...options });
  }
}
