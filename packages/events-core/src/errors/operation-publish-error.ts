import type { PreparedEvent } from '../events/event.ts';
import { EventsError } from './events-error.ts';

export interface OperationPublishFailure<Result = unknown> {
  /** The name of the method. */
  readonly operation: string;
  readonly result: Result;
  readonly unpublished: readonly PreparedEvent[];
  readonly cause: unknown;
}

/**
 * An operation of the payments service has succeeded, and not all of its events were published. Do not repeat the
 * operation: publish `unpublished` again, with the same ids. `cause` says what failed: publishing, an event's data, or
 * the function that says which events there are; after the latter two there may be events that were never prepared.
 */
export class OperationPublishError<Result = unknown> extends EventsError {
  static readonly code = 'EVENTS_OPERATION_PUBLISH';
  readonly code = OperationPublishError.code;
  readonly operation: string;
  /** What the operation returned. Not enumerable, so that no log line shows it. */
  declare readonly result: Result;
  /** In order. The first of them may have been stored; its id keeps a second one apart. Not enumerable. */
  declare readonly unpublished: readonly PreparedEvent[];

  constructor(message: string, failure: OperationPublishFailure<Result>) {
    // Not retryable: the same call would run the operation again.
    super(message, { retryable: false, cause: failure.cause });
    this.operation = failure.operation;
    Object.defineProperties(this, {
      result: { value: failure.result },
      unpublished: { value: failure.unpublished },
    });
  }
}
