import type { Backlog } from './backlog.ts';
import type { Capabilities } from './capabilities.ts';
import type { DeadLetterStore } from './dead-letters.ts';
import type { Deliver } from './delivery.ts';
import type { HealthReport } from './health.ts';
import type { OutgoingMessage, SendReceipt } from './message.ts';
import type { AdapterRuntime, Clock } from './runtime.ts';
import type { AdapterSubscription, GroupSpec, SubscriptionSpec } from './subscription.ts';

/**
 * Contract between core and a broker adapter, version 1.
 *
 * Who does what, and why
 * - attempts, first failure, last error: core counts, the adapter only carries `state`. One counter, not five; brokers
 *   count deliveries (prefetched neighbours, releases and lease expiries included), never failures.
 * - retry schedule: core decides `delayMs`; the wait lives in the broker (ordering `none`) or in core (ordering `key`).
 * - order: the adapter gives one owner per key and redelivers in order; key lanes and concurrency are core's.
 * - leases: the adapter's, unasked, for everything it holds until `deliver` resolves. Handler timeouts: core's.
 * - matching: core, after decoding. An adapter may hand over more than the patterns ask for, never less.
 * - publish retries, timeouts, backoff: core. `send` is one try. Reconnecting: the adapter's.
 */
export interface BrokerAdapter {
  readonly contractVersion: 1;
  /** The broker's name, lower case: `rabbitmq`, `kafka`, `memory`. */
  readonly system: string;
  readonly capabilities: Capabilities;
  /** Brought by an adapter that simulates time; core then runs on it too. Absent: core's clock serves both. */
  readonly clock?: Clock;

  /**
   * Tries until connected or aborted, then keeps itself connected. A second call joins the first; after a rejection it
   * may be called again. Whoever calls sees what it throws: neither message nor cause holds a credential (`redact`).
   * @throws {ConfigurationError} early, for what waiting cannot mend: refused credentials, a topology that does not fit.
   */
  connect(runtime: AdapterRuntime, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Largest body plus headers, in bytes, less room for a copy's own headers (16 KiB). Core asks after `connect` only. */
  maxMessageBytes(): number;
  /**
   * Creates the group durably, consumes nothing. Idempotent; safe at once from many processes.
   * @throws {ConfigurationError} on different existing settings.
   */
  declareGroup(spec: GroupSpec): Promise<void>;
  /**
   * One try. Resolves = durably accepted. Waits for a connection if there is none. Calls for one topic and key reach the
   * broker in call order. At abort it ends: one second later core stops waiting. What it throws is the cause of the
   * publish's error as it is: neither message nor cause holds a credential (`redact`).
   * @throws {SendError} for every failure of a try; `outcome` tells whether it may be stored: at abort `unknown` once a
   * byte was written.
   * @throws {ClosedError} after `close`: nothing was sent.
   */
  send(message: OutgoingMessage, options: { readonly signal: AbortSignal }): Promise<SendReceipt>;
  /**
   * Declares the group, resolves when anything sent from now on will be delivered. One subscription per group and adapter.
   * @throws {ConfigurationError} on a second subscription of the same group.
   * @throws {UnsupportedCapabilityError} e.g. ordering `key` over topics split by type.
   */
  subscribe(spec: SubscriptionSpec, deliver: Deliver): Promise<AdapterSubscription>;
  /** Asks the broker nothing yet: what is wrong with the group is thrown by `sweep`. Several stores of one group are the same letters. */
  deadLetters(group: string): DeadLetterStore;
  /**
   * @throws {BrokerUnavailableError} rather than return a number that nobody measured.
   * @throws {ConfigurationError} for a group that nobody has declared.
   */
  backlog(group: string): Promise<Backlog>;
  /** Within 2 s, whatever the broker does; never rejects. */
  health(): Promise<HealthReport>;
  /**
   * Settles open sends, stops subscriptions, frees every socket and timer; abort = now. Idempotent. Later calls throw
   * `ClosedError`, except this one and `health`, which is then `down`.
   */
  close(options: { readonly signal: AbortSignal }): Promise<void>;
}
