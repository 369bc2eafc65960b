import type { PreparedEvent } from '../events/event.ts';
import type { DataIn, PaymentEvents, TypeOf } from '../events/event-types.ts';

export interface PublishOptions {
  /** The event's id, 1–200 characters. Publishing again with the same id is how a caller retries. @default a random UUID */
  readonly id?: string;
  /** What must stay in order, 1–255 bytes of well-formed text. @default what the event's definition says */
  readonly key?: string;
  /** When it happened. @default now */
  readonly time?: Date;
  /** Extra headers, lower-case tokens; names the library uses are refused. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PublishReceipt {
  readonly id: string;
  /** The broker's own coordinate, for people. */
  readonly position?: string;
  /** The broker already had this id. */
  readonly duplicate: boolean;
}

/** Announces events. Borrowed from a broker: closing one never closes the other's connection. Safe to use concurrently. */
export interface Publisher<M = PaymentEvents> {
  /** Publishes what `prepare` returned, as often as needed, with the same id. First, because TypeScript explains a mistake by the last. */
  publish(prepared: PreparedEvent, options?: Pick<PublishOptions, 'headers'>): Promise<PublishReceipt>;
  /**
   * Resolves when the broker has durably accepted the event: from then on it is handled or lies in the dead letters.
   * Order is call order for one topic and key as long as no try fails; await each publish where it must hold through failures.
   * @throws {InvalidEventError} for data, key or header that cannot be published. Nothing was sent.
   * @throws {PublishRejectedError} when the broker refused it, or too much is waiting to be sent.
   * @throws {PublishOutcomeUnknownError} when no answer came within `publishTimeoutMs`.
   * @throws {ClosedError} after `close`.
   * @throws what the adapter refuses to connect with: wrong credentials, for example.
   */
  publish<T extends TypeOf<M>>(type: T, data: DataIn<M[T]>, options?: PublishOptions): Promise<PublishReceipt>;
  /** Validates and gives the event its id, sends nothing. @throws {InvalidEventError} */
  prepare<T extends TypeOf<M>>(
    type: T,
    data: DataIn<M[T]>,
    options?: Omit<PublishOptions, 'headers'>,
  ): Promise<PreparedEvent<T, DataIn<M[T]>>>;
  /** Refuses new publishes, resolves when all open ones have settled. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
