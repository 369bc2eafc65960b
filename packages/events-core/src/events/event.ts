/** A fact of the domain. What users publish and handle. */
export interface Event<T extends string = string, Data = unknown> {
  /** Unique; every duplicate carries the same. */
  readonly id: string;
  /** Also the routing key: `payment.transaction.succeeded`. */
  readonly type: T;
  readonly time: Date;
  /** Who announced it, a URI reference: `/billing`. Empty for foreign producers that do not say. */
  readonly source: string;
  /** What must stay in order: the id of the thing the event is about. */
  readonly key?: string;
  readonly data: Data;
}

/** An event with its id, validated and safe as JSON: store it in your transaction, publish it afterwards, as often as needed. */
export interface PreparedEvent<T extends string = string, Data = unknown> {
  readonly id: string;
  readonly type: T;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly source: string;
  readonly key?: string;
  readonly data: Data;
}
