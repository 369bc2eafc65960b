import type { BrokerAdapter } from '../contract/adapter.ts';
import type { Backlog } from '../contract/backlog.ts';
import type { HealthReport } from '../contract/health.ts';

/** A connected broker. Owns its connection; publishers and consumers borrow it. */
export interface Broker {
  readonly adapter: BrokerAdapter;
  /** The group `createConsumer` uses when none is named: from the configuration, else `payment-service`. */
  readonly defaultGroup: string;
  /** Where a group that does not exist yet begins. */
  readonly startFrom: 'earliest' | 'latest';
  /** Answers within 2 s, never rejects. */
  health(): Promise<HealthReport>;
  /** @throws {BrokerUnavailableError} rather than return a number nobody measured. */
  backlog(group?: string): Promise<Backlog>;
  /**
   * Stops consumers, flushes publishers, disconnects. Idempotent. A shutdown needs longer than the slowest handler:
   * consumers drain for at most `drainTimeoutMs`.
   */
  close(options?: { /** Milliseconds. @default 30_000 */ readonly drainTimeoutMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
