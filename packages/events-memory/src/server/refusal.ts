export type RefusalCode =
  | 'full'
  | 'forbidden'
  | 'unroutable'
  | 'other'
  | 'connection-refused'
  | 'settlements-refused'
  | 'dead-letters-unreachable'
  | 'dead-letters-busy'
  | 'group-differs'
  | 'group-unknown'
  | 'session-ended';

/** The server said no, in its own words. The adapter turns it into an error of core's, as with any broker. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly retryable: boolean;

  constructor(code: RefusalCode, message: string, options: { readonly retryable: boolean }) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.retryable = options.retryable;
  }
}
