/**
 * What a broker can promise. Expected values for the contract suite and start-up checks for core; never a reason to skip.
 * Known before `connect` and never changing: constants, or computed from the adapter's options.
 */
export interface Capabilities {
  /** How long an unhandled event is safe. @example Kafka: 'retention-time' */
  readonly keeps: 'until-settled' | 'retention-time' | 'process-lifetime';
  /** What becomes of an event no group is bound to. */
  readonly unrouted: 'kept' | 'parked' | 'refused';
  /** Whether a new group sees events sent before it existed. */
  readonly history: boolean;
  /** Repeated ids within this window are stored once; 0 = never suppressed. */
  readonly deduplicationWindowMs: number;
  /** Unit that moves between consumers: one stalled handler holds up this much. */
  readonly sharing: 'message' | 'partition';
  readonly keyOrder: 'one-owner-per-group' | 'one-owner-per-topic' | 'partitions';
  /** `steps`: delays round up to the next of `retryDelaysMs`, or down to the last. */
  readonly retryDelay: 'exact' | 'steps';
  /**
   * Longest time a message may be held before the broker takes it back. Core refuses a policy by which an event's own
   * handlers and waits can exceed it; what an event waits behind others of its key is not counted. `null`: no limit.
   */
  readonly maxHoldMs: number | null;
}
