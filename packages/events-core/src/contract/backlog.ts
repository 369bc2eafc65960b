/** How much a group has before it. Counts of messages. */
export interface Backlog {
  readonly waiting: number;
  readonly inFlight: number;
  readonly retrying: number;
  readonly dead: number;
  /** `false`: a bound; `bound` says which. */
  readonly exact: boolean;
  /** `upper`: topics shared with types nobody here wants. `lower`: other processes' in-flight and messages in transit are unseen. */
  readonly bound?: 'upper' | 'lower';
}
