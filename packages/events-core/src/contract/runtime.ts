import type { Settlement } from './delivery.ts';

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since an arbitrary moment; never goes back, whoever sets the machine's time. For durations and deadlines within this process. */
  elapsed(): number;
  /** Calls `run` once after `delayMs`; the returned function cancels. */
  schedule(delayMs: number, run: () => void): () => void;
}

/** The three levels the library uses. A `pino` logger fits. */
export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/**
 * What core tells people and counts. `connection`: at each loss, and when it is back; not at the first connect. Where an
 * adapter has several connections: `lost` with the first, `found` when all are back.
 * `settlement-delayed`: once for each settlement that could not be applied at once. `loss-suspected`: whenever something
 * seems gone that was promised to be kept.
 */
export type AdapterNotice =
  | { readonly kind: 'connection'; readonly state: 'lost' | 'found' }
  | {
      readonly kind: 'settlement-delayed';
      readonly group: string;
      readonly settlement: Settlement['kind'];
      readonly error: unknown;
    }
  | { readonly kind: 'loss-suspected'; readonly group?: string; readonly message: string };

/** What core lends an adapter. */
export interface AdapterRuntime {
  /** Names this process among the members of a group. */
  readonly instance: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  /** Never throws. */
  notify(notice: AdapterNotice): void;
  /**
   * Handlers running and publishes being prepared right now; an event that waits for its next attempt is neither. Lets
   * an adapter that simulates time tell work from waiting.
   */
  busy(): number;
}
