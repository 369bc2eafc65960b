import { EventsError } from './events-error.ts';

/** One reason why data is refused. Never holds the value. */
export interface EventIssue {
  /** Dotted path into the event: `data.amount`. */
  readonly path: string;
  readonly message: string;
}

/** The event cannot be published: unknown type, data that fails its schema or cannot travel as JSON, a key or header that cannot travel. */
export class InvalidEventError extends EventsError {
  static readonly code = 'EVENTS_INVALID_EVENT';
  readonly code = InvalidEventError.code;
  readonly eventType: string;
  readonly issues: readonly EventIssue[];

  constructor(
    message: string,
    eventType: string,
    issues: readonly EventIssue[],
    options?: { readonly cause?: unknown },
  ) {
    super(message, { retryable: false, ...options });
    this.eventType = eventType;
    this.issues = issues;
  }
}
