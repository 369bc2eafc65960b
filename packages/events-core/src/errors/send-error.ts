import { EventsError } from './events-error.ts';

/** For people and metrics. */
export type SendFailureReason =
  | 'unroutable'
  | 'too-large'
  | 'forbidden'
  | 'full'
  | 'disconnected'
  | 'timeout'
  | 'other';

export interface SendErrorOptions {
  /** `rejected`: the broker said no (another group's queue may still hold it). `unknown`: no answer. */
  readonly outcome: 'rejected' | 'unknown';
  readonly reason: SendFailureReason;
  /** Whether another try of the same message may be accepted. */
  readonly retryable: boolean;
  readonly cause?: unknown;
}

/** One try of `BrokerAdapter.send` failed. Thrown by adapters; users meet `PublishRejectedError` and `PublishOutcomeUnknownError`. */
export class SendError extends EventsError {
  static readonly code = 'EVENTS_SEND';
  readonly code = SendError.code;
  readonly outcome: 'rejected' | 'unknown';
  readonly reason: SendFailureReason;

  constructor(message: string, options: SendErrorOptions) {
    super(message, options);
    this.outcome = options.outcome;
    this.reason = options.reason;
  }
}
