import type { DeliveryState } from './delivery.ts';
import type { IncomingMessage } from './message.ts';

export interface DeadLetter {
  /** Unique per store. The same event may lie here twice after an ambiguous failure. */
  readonly id: string;
  readonly group: string;
  readonly message: IncomingMessage;
  readonly reason: string;
  readonly diedAt: Date;
  /** `{}` for what the broker's own limit put here. */
  readonly state: DeliveryState;
}

export type SweepVerdict =
  | { readonly action: 'keep' }
  | { readonly action: 'discard' }
  /** Ends the sweep; this letter is kept. */
  | { readonly action: 'stop' }
  /** Stored for this group alone, then removed here: a crash between doubles the event, never loses it. */
  | { readonly action: 'redrive'; readonly state: DeliveryState };

export interface SweepResult {
  /** Letters that `visit` was called for. */
  readonly visited: number;
  /** False when a verdict or the signal ended the sweep early, or there are more letters than the broker can show in one. */
  readonly complete: boolean;
}

/** One primitive, from which core builds list, filter, limit, dry run, redrive and discard: five implementations of one method. */
export interface DeadLetterStore {
  /**
   * Visits each letter once, oldest first; those that arrive meanwhile are excluded. Keeping is free of effect, however often.
   * A verdict may still be on its way to the broker while the next letter is visited; all are applied when this resolves.
   * An error thrown by `visit` ends the sweep, keeps that letter and is rethrown.
   * @throws {ConfigurationError} for a group that nobody has declared.
   * @throws {BrokerUnavailableError} when the broker is away.
   * @throws {DeadLetterStoreBusyError} where a second sweep at once would see only a part, or do everything twice.
   */
  sweep(
    visit: (letter: DeadLetter) => Promise<SweepVerdict>,
    options: { readonly signal: AbortSignal },
  ): Promise<SweepResult>;
}
