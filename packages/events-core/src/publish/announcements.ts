import type { OperationPublishError } from '../errors/operation-publish-error.ts';
import type { DataIn, TypeOf } from '../events/event-types.ts';
import type { PublishOptions } from './publisher.ts';

/** An event that an operation announces. Without headers: what could not be published must be complete in a `PreparedEvent`. */
export type Announcement<M> = {
  [T in TypeOf<M>]: {
    readonly type: T;
    readonly data: DataIn<M[T]>;
    readonly options?: Omit<PublishOptions, 'headers'>;
  };
}[TypeOf<M>];

/** What an operation announces: one event, several in order, or none. */
export type Announcements<M> = Announcement<M> | readonly Announcement<M>[] | undefined;

/** The names of a service's methods. */
export type OperationOf<S> = { [K in keyof S]: S[K] extends (...args: never[]) => unknown ? K : never }[keyof S] &
  string;

/** From what an operation returned, and what it was called with, to its events. */
export type Announce<Operation, M> = Operation extends (...args: infer Args) => infer Result
  ? (result: Awaited<Result>, ...args: Args) => Announcements<M> | Promise<Announcements<M>>
  : never;

/** The service with its announced operations asynchronous, those that were synchronous included. */
export type PublishingPayments<S, Announced extends PropertyKey> = {
  readonly [K in keyof S]: K extends Announced
    ? S[K] extends (...args: infer Args) => infer Result
      ? (...args: Args) => Promise<Awaited<Result>>
      : S[K]
    : S[K];
};

export interface PublishingPaymentsOptions {
  /**
   * What happens when an operation has succeeded and its events could not all be published. `throw`: the call rejects
   * with `OperationPublishError`, which carries the result and the events. A function is called with the same error, to
   * store the events for later; when it returns, the call returns the result, and what it throws, the call throws.
   * @default 'throw'
   */
  readonly onPublishFailure?: 'throw' | ((failure: OperationPublishError) => void | Promise<void>);
}
