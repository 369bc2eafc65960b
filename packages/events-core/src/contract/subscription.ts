/** How the events of a group may overtake each other. */
export type Ordering = 'none' | 'key';

/** A group: the consumers that share one copy of the events. */
export interface GroupSpec {
  readonly group: string;
  /** AMQP topic patterns. Added to those the group already has; an adapter never removes one. */
  readonly patterns: readonly string[];
  /** Known types the patterns match: what a topic-based broker must create before the first event. */
  readonly types: readonly string[];
  readonly ordering: Ordering;
  /** Distinct delays of the retry policy in milliseconds, ascending: the steps that a broker without free delays declares. */
  readonly retryDelaysMs: readonly number[];
  /** For a group that does not exist yet. `latest` = everything sent after `subscribe` resolves. */
  readonly startFrom: 'earliest' | 'latest';
}

export interface SubscriptionSpec extends GroupSpec {
  /** Most `deliver` promises open at once and most messages held, per subscription (a group-wide broker limit is not this). */
  readonly maxInFlight: number;
}

export interface AdapterSubscription {
  /**
   * Takes no more, gives back what was not handed over, waits for open deliveries and their settlements. In ordered mode
   * the next owner starts only after that. Idempotent. Abort = leave now; what is unsettled comes back elsewhere.
   */
  stop(options: { readonly signal: AbortSignal }): Promise<void>;
  /** Resolves after `stop`; rejects when the adapter cannot go on (credentials revoked, incompatible topology). Lost connections do not end it. */
  readonly ended: Promise<void>;
}
