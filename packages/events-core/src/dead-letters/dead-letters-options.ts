import type { Broker } from '../connection/broker.ts';
import type { Codec } from '../codec/codec.ts';
import type { ForeignAmounts } from '../codec/foreign.ts';
import type { BrokerAdapter } from '../contract/adapter.ts';
import type { Event } from '../events/event.ts';
import type { EventOf, PaymentEvents, TypeOf } from '../events/event-types.ts';
import type { DeadLetterEntry } from './dead-letter-entry.ts';

export interface DeadLettersOptions<M = PaymentEvents> {
  /** What `connectBroker` returned; or an adapter, which is connected at first use and closed by its last borrower. */
  readonly broker: Broker | BrokerAdapter;
  /** Whose dead letters. @default the configured group, else `payment-service` */
  readonly group?: string;
  /** The catalogue of the group's consumers. @default the payment events */
  readonly events?: M;
  /** What the amounts of other producers mean, as the group's consumers say. @default such an event is shown as its message alone */
  readonly foreign?: { readonly amounts: ForeignAmounts };
  /** Ways to read a body, as the group's consumers have them. @default JSON */
  readonly codecs?: readonly [Codec, ...Codec[]];
}

/** May answer with a promise. What it throws ends the sweep, keeps the letter at hand and is rethrown. */
export type DeadLetterFilter<E extends Event = Event> = (entry: DeadLetterEntry<E>) => boolean | Promise<boolean>;

export interface ListOptions<E extends Event = Event> {
  /** @default all */
  readonly filter?: DeadLetterFilter<E>;
  /** Most entries to list, at least 1. @default all */
  readonly limit?: number;
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal;
}

export interface RedriveProgress {
  /** Letters looked at so far. */
  readonly visited: number;
  /** Letters sent back so far; in a dry run, those that would be. */
  readonly redriven: number;
}

export interface RedriveOptions<E extends Event = Event> {
  /** @default all */
  readonly filter?: DeadLetterFilter<E>;
  /** Most letters to send back, at least 1. @default all */
  readonly limit?: number;
  /** Counts and changes nothing. @default false */
  readonly dryRun?: boolean;
  /** Most letters to send back in a second, evenly spaced; a fraction is slower than one a second. @default as fast as the broker takes them */
  readonly perSecond?: number;
  /** Called after each letter looked at; a promise is waited for. What it throws ends the sweep, keeps the letter at hand and is rethrown. */
  readonly onProgress?: (progress: RedriveProgress) => unknown;
  /** Ends it early; what was sent back stays so. */
  readonly signal?: AbortSignal;
}

export interface RedriveResult extends RedriveProgress {
  /** False when the limit or the signal ended it before the last letter, or the broker does not show all at once: then redrive again. */
  readonly complete: boolean;
}

export interface DiscardOptions {
  /** Ids of letters, not of events. */
  readonly ids: readonly string[];
  readonly signal?: AbortSignal;
}

export interface DiscardResult {
  readonly discarded: number;
  /** Ids that no letter has. */
  readonly missing: readonly string[];
}

/** The dead letters of one group, oldest first. Borrows its connection, as publishers and consumers do. */
export interface DeadLetters<E extends Event = Event> {
  readonly group: string;
  /**
   * Looks at letters without any effect on them. Nothing happens before the first entry is asked for; leaving the loop
   * ends it at once. Letters that arrive meanwhile are not listed.
   * @throws {DeadLetterStoreBusyError} where the broker shows its letters to one at a time; or, after the last that it
   * shows, when there are more.
   */
  list(options?: ListOptions<E>): AsyncIterableIterator<DeadLetterEntry<E>>;
  /**
   * Sends letters back to this group alone; their attempts begin again. Each is stored for the group before it is
   * removed here: if the process dies half way, a letter is doubled, never lost.
   * @throws {DeadLetterStoreBusyError} where the broker shows its letters to one at a time.
   */
  redrive(options?: RedriveOptions<E>): Promise<RedriveResult>;
  /** Removes letters for good, by explicit ids. @throws {DeadLetterStoreBusyError} as `redrive`. */
  discard(options: DiscardOptions): Promise<DiscardResult>;
  /** Ends what runs, gives the connection back. Idempotent; later calls throw `ClosedError`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** `DeadLetters` of a catalogue. */
export type DeadLettersOf<M> = DeadLetters<EventOf<M, TypeOf<M>>>;
