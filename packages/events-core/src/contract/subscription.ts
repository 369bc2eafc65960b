/** How the events of a group may overtake each other. */
export type Ordering = 'none' | 'key';

/** A group: the consumers that share one copy of the events. */
export interface GroupSpec {
  readonly group: string;
  /**
   * AMQP topic patterns. Added to those the group already has; an adapter never removes one. Of what a new one matches the
   * group has everything that is sent from then on; what was sent before may come as well.
   */
  readonly patterns: readonly string[];
  /** Known types the patterns match: what a topic-based broker must create before the first event. */
  readonly types: readonly string[];
  readonly ordering: Ordering;
  /**
   * Distinct delays that core asks for, apart from jitter and a handler's own, in milliseconds, ascending: the steps that a
   * broker without free delays declares. What waits in steps of an earlier policy comes back all the same. Empty with ordering `key`.
   */
  readonly retryDelaysMs: readonly number[];
  /** For a group that does not exist yet. `latest` = everything sent after `declareGroup` or `subscribe` resolves, whichever was first. */
  readonly startFrom: 'earliest' | 'latest';
}

export interface SubscriptionSpec extends GroupSpec {
  /**
   * Most `deliver` promises open at once and most messages held, per subscription (a group-wide broker limit is not this).
   * The reader of a log may have fetched one batch per partition besides, and a suspect may be held until nothing else is out.
   */
  readonly maxInFlight: number;
  /**
   * Longest that handlers run for a delivery before core settles or releases it, milliseconds: what a broker is told that
   * waits for running handlers before it moves work. Core always says it; absent, there is no limit.
   */
  readonly handlerTimeoutMs?: number;
}

export interface AdapterSubscription {
  /**
   * Takes no more, gives back what was not handed over, waits for open deliveries and their settlements. In ordered mode
   * the next owner starts only after that. Deliveries whose signal has fired may be waited for too: their handlers still
   * run. Idempotent. Abort = leave now; what is unsettled comes back elsewhere.
   */
  stop(options: { readonly signal: AbortSignal }): Promise<void>;
  /** Resolves after `stop`; rejects when the adapter cannot go on (credentials revoked, incompatible topology). Lost connections do not end it. */
  readonly ended: Promise<void>;
}
