/** A global symbol, because `instanceof` fails across duplicate installs of this package. */
const marker: unique symbol = Symbol.for('@payments/events.error');

export interface EventsErrorOptions {
  readonly retryable: boolean;
  readonly cause?: unknown;
}

/** Base of every error the library throws on purpose. Messages say what failed and what to do; never payloads or credentials. */
export abstract class EventsError extends Error {
  readonly [marker] = true;
  /** Literal and stable; a key of `docs/errors.md`. */
  abstract readonly code: string;
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;

  constructor(message: string, options: EventsErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = options.retryable;
    this.name = new.target.name;
  }

  /**
   * Works across duplicate installs. On `EventsError` it accepts every library error; on a subclass only that class,
   * because a static inherited unchanged would accept them all. Never throws, whatever the value does when it is read.
   */
  static isInstance<T extends EventsError>(
    this: (abstract new (...args: never[]) => T) & { readonly code?: string },
    value: unknown,
  ): value is T {
    if (typeof value !== 'object' || value === null) return false;
    try {
      return marker in value && (this.code === undefined || ('code' in value && value.code === this.code));
    } catch {
      return false;
    }
  }
}
