import type { IncomingMessage } from './message.ts';

/** Core's notebook about one message in one group (attempt, first failure, error, redrives…). Opaque to the adapter, at most 8 KiB. */
export type DeliveryState = Readonly<Record<string, string>>;

/** A message handed to a consumer, whose fate is to be decided. */
export interface Delivery {
  readonly message: IncomingMessage;
  /** What the last `retry` or redrive stored; `{}` at first. Read only from the adapter's own retry path, never from foreign headers. */
  readonly state: DeliveryState;
  /**
   * Deliveries that ended without a settlement since the last one that ended with `ack`, `retry` or `deadLetter`, as far
   * as the broker knows; a `release` neither counts nor resets. While one with `unsettled` ≥ 2 is
   * out, the adapter hands over nothing else, and its starts are counted apart from what else is held: a crash is
   * charged to it alone.
   */
  readonly unsettled: number;
  /**
   * Same for every delivery of this message to this group, retries included, and no other message's; absent where the
   * broker has none (RabbitMQ). Identity, not decoration: ids of foreign events and the count of crashes hang on it.
   */
  readonly position?: string;
  /**
   * Aborts when the right to settle is gone (channel, lease or partition lost); a lost connection is that only where the
   * broker says so. May be shared by all deliveries of an epoch.
   */
  readonly signal: AbortSignal;
  /**
   * Aborts when the delivery is wanted back while the right to settle it still stands: others join, and partitions move.
   * Core then releases it, unless its handlers run: those finish and are settled. With ordering `key` all deliveries of a
   * key are wanted back together. Absent: never. May be shared.
   */
  readonly recalled?: AbortSignal;
  /** The native message, for handlers that ask for it. */
  readonly raw: unknown;
}

/** The fate of a delivery. */
export type Settlement =
  | { readonly kind: 'ack' }
  /** Again after `delayMs`, with `state`. Never with ordering `key`, where core waits in place. */
  | { readonly kind: 'retry'; readonly delayMs: number; readonly state: DeliveryState }
  | {
      readonly kind: 'deadLetter';
      readonly reason: string;
      readonly state: DeliveryState;
      /**
       * Called once the letter is stored and the delivery settled; never after the signal. With ordering `key` core holds
       * the key back until then: its next event must not be handled before this one is out of the way.
       */
      readonly onStored?: () => void;
    }
  /**
   * Back to the group, untouched. Core returns it only after `delivery.signal` or `delivery.recalled` fired, or while its
   * consumer stops, which begins before it calls `stop`: without a recall nothing is to be handed over after a release.
   */
  | { readonly kind: 'release' };

/**
 * Core's side of a subscription. Resolves once per delivery, never rejects. The adapter extends leases, unasked, for all
 * it holds until then, and applies the settlement until the broker confirms it, the signal fires or `stop` is aborted;
 * the message stays unacknowledged and counts against `maxInFlight` meanwhile. A delivery that the broker has forgotten
 * does not: its settlement is applied to the redelivery. After the signal a settlement is dropped.
 */
export type Deliver = (delivery: Delivery) => Promise<Settlement>;
