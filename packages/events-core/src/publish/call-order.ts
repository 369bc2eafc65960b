import type { Clock } from '../contract/runtime.ts';
import { PublishRejectedError } from '../errors/publish-rejected-error.ts';
import type { PreparedEvent } from '../events/event.ts';
import { prepare, type EventDraft, type Preparation } from './prepare.ts';

/** Prepares events in the order of the calls, also where a schema takes its time. */
export interface CallOrder {
  /**
   * Runs `then` with the prepared event: at once, or behind what is still being prepared.
   * @throws {InvalidEventError}
   * @throws {PublishRejectedError} when a schema has not answered by `due`.
   */
  run<T>(draft: EventDraft, due: number, then: (event: PreparedEvent) => Promise<T>): Promise<T>;
}

export interface CallOrderOptions {
  readonly preparation: Preparation;
  readonly clock: Clock;
  /** Counts events being prepared for `AdapterRuntime.busy`. */
  readonly working: (change: 1 | -1) => void;
}

export function createCallOrder({ preparation, clock, working }: CallOrderOptions): CallOrder {
  /** Set while a schema is being waited for: later events queue behind it. */
  let preparing: Promise<void> | undefined;

  async function inTurn<T>(prepared: Promise<PreparedEvent>, then: (event: PreparedEvent) => Promise<T>): Promise<T> {
    const turn = Promise.withResolvers<void>();
    preparing = turn.promise;
    working(1);
    let result: Promise<T>;
    try {
      result = then(await prepared);
    } finally {
      working(-1);
      if (preparing === turn.promise) preparing = undefined;
      turn.resolve();
    }
    return result;
  }

  /** A schema that never answers must not hold up for ever what is published after it. */
  async function inTime(
    prepared: Promise<PreparedEvent>,
    { id, type }: EventDraft,
    due: number,
  ): Promise<PreparedEvent> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const cancel = clock.schedule(Math.max(0, due - clock.elapsed()), () => resolve(undefined));
    try {
      const event = await Promise.race([prepared, late]);
      if (event !== undefined && clock.elapsed() < due) return event;
    } finally {
      cancel();
    }
    throw new PublishRejectedError(
      `Event ${id} (${type}) was not sent: its schema, or that of an event published before it, took longer than publishTimeoutMs.`,
      { id, type, tries: 0, reason: 'schema-timeout', retryable: true },
    );
  }

  return {
    run(draft, due, then) {
      const prepared = prepare(preparation, draft, preparing);
      return prepared instanceof Promise ? inTurn(inTime(prepared, draft, due), then) : then(prepared);
    },
  };
}
