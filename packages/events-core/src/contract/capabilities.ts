/** What a broker can promise. Expected values for the contract suite and start-up checks for core; never a reason to skip. */
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
  /** `steps`: delays round up to `retryDelaysMs`. */
  readonly retryDelay: 'exact' | 'steps';
  /** Longest time a message may be held before the broker takes it back; core refuses a policy that can exceed it. `null`: no limit. */
  readonly maxHoldMs: number | null;
}
