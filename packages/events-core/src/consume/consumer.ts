import type { EventOf, Matching, PaymentEvents, CheckPattern, PatternHint } from '../events/event-types.ts';
import type { HandlerContext, Middleware } from './handler.ts';

export interface UnfinishedEvent {
  readonly id: string;
  readonly type: string;
}

export interface StopReport {
  /** Events whose handlers were still running at the drain deadline. They are delivered again. Empty after a clean stop. */
  readonly unfinished: readonly UnfinishedEvent[];
}

export interface ConsumerStats {
  readonly handled: number;
  readonly retried: number;
  readonly deadLettered: number;
  /** Events no handler of the group wanted; acknowledged. */
  readonly unmatched: number;
  /** Duplicates the inbox kept from the handlers. */
  readonly deduplicated: number;
  /** Events whose handlers run now; one that ignores its signal after a timeout no longer counts. */
  readonly running: number;
}

/** Handles events for one group. `on` and `use` before `start`. */
export interface Consumer<M = PaymentEvents> {
  readonly group: string;
  /**
   * Registers a handler for the types a pattern selects. All handlers that match run one after another, in order of
   * registration, as one delivery: if one fails, all run again.
   * @throws {ConfigurationError} after `start`, and at once for a pattern outside the grammar.
   */
  on<const P extends string>(
    pattern: CheckPattern<M, P> | PatternHint<M>,
    handler: (event: NoInfer<EventOf<M, Matching<M, P>>>, context: HandlerContext) => unknown,
  ): this;
  use(middleware: Middleware): this;
  /**
   * Connects, declares the group and consumes. Resolves when anything published from now on will be delivered. A start
   * that failed is final: create another consumer.
   * @throws {ConfigurationError} for patterns that match nothing, no handlers, or a group already consumed by this process.
   * @throws {UnsupportedCapabilityError} when the broker cannot keep what was asked for.
   */
  start(): Promise<void>;
  /**
   * Takes no more, lets running handlers finish until `drainTimeoutMs`, settles them. Idempotent; a stopped consumer does
   * not start again. Rejects when the broker could not be left in good order; what was unsettled is delivered again.
   */
  stop(options?: { /** Milliseconds. @default 30_000 */ readonly drainTimeoutMs?: number }): Promise<StopReport>;
  /** Resolves after `stop`; rejects when consuming cannot go on. Never causes an unhandled rejection. */
  readonly ended: Promise<void>;
  stats(): ConsumerStats;
  [Symbol.asyncDispose](): Promise<void>;
}
