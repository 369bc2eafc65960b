import type { Delivery } from '../contract/delivery.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import type { DeliveryNotes } from './delivery-notes.ts';
import type { IncomingMessage } from '../contract/message.ts';
import type { HandlerContext, RetryOptions } from './handler.ts';

/** What a handler decided by `context.retry` or `context.deadLetter`. */
export type Decision =
  | { readonly kind: 'retry'; readonly delayMs?: number; readonly reason?: string }
  | { readonly kind: 'deadLetter'; readonly reason: string };

/** Thrown to leave the handler once it has decided. Not a failure: it says nothing that the decision does not. */
class DecisionMade extends Error {
  override readonly name = 'DecisionMade';
}

export interface AttemptContext extends HandlerContext {
  readonly decision: Decision | undefined;
  /** The attempt has ended; what of it still runs must begin nothing new. */
  readonly over: boolean;
  /** The handler has a signal, and it has fired: returning may mean that it gave up. */
  readonly toldToLeave: boolean;
  /** Fires `signal`, if anybody looked at it. */
  abort(reason: unknown): void;
  /** The attempt is over: what the handler decides from now on is refused. */
  end(): void;
}

export interface AttemptFacts {
  readonly group: string;
  readonly maxAttempts: number;
  readonly delivery: Delivery;
  readonly notes: DeliveryNotes;
  /** Longest delay that `retry` takes, where the event waits in place and may not be held for ever. */
  readonly longestDelayInPlaceMs?: number | undefined;
}

const longestDelayMs = 86_400_000;

export function createAttemptContext(facts: AttemptFacts): AttemptContext {
  return new Context(facts);
}

/**
 * A class, where everything else here is a function that returns an object: one is made for each attempt, and six closures
 * each cost more than all other bookkeeping of an event. Its methods work without `this`, because handlers take them apart.
 */
class Context implements AttemptContext {
  readonly group: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly firstFailedAt?: Date;
  readonly redrives: number;
  readonly #delivery: Delivery;
  readonly #longestDelayInPlaceMs: number;
  /** Most handlers never look at their signal, so its controller is made at the first look. */
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;
  #decision: Decision | undefined;
  #over = false;

  constructor({ group, maxAttempts, delivery, notes, longestDelayInPlaceMs = Infinity }: AttemptFacts) {
    this.group = group;
    this.attempt = notes.attempts + 1;
    this.maxAttempts = maxAttempts;
    if (notes.firstFailedAt !== undefined) this.firstFailedAt = notes.firstFailedAt;
    this.redrives = notes.redrives;
    this.#delivery = delivery;
    this.#longestDelayInPlaceMs = longestDelayInPlaceMs;
  }

  get message(): IncomingMessage {
    return this.#delivery.message;
  }

  get raw(): unknown {
    return this.#delivery.raw;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const { signal } = this.#delivery;
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
      else if (signal.aborted) this.#controller.abort(signal.reason);
      else if (!this.#over) signal.addEventListener('abort', this.#onLost, { once: true });
    }
    return this.#controller.signal;
  }

  get retry(): (options?: RetryOptions) => never {
    return ({ delayMs, reason } = {}) => {
      const most = Math.min(longestDelayMs, this.#longestDelayInPlaceMs);
      if (delayMs !== undefined && !(Number.isFinite(delayMs) && delayMs >= 0 && delayMs <= most)) {
        const why =
          most < longestDelayMs
            ? " here: with ordering 'key' the event waits in place, and the broker takes back what is held too long"
            : '';
        throw new ConfigurationError(
          `context.retry: delayMs must be a number from 0 to ${most}${why}.`,
          'context.retry.delayMs',
        );
      }
      return this.#decide({
        kind: 'retry',
        ...(delayMs === undefined ? {} : { delayMs: Math.round(delayMs) }),
        ...(reason === undefined ? {} : { reason: String(reason) }),
      });
    };
  }

  get deadLetter(): (reason: string) => never {
    return (reason) => this.#decide({ kind: 'deadLetter', reason: String(reason) });
  }

  get over(): boolean {
    return this.#over;
  }

  get toldToLeave(): boolean {
    return this.#controller?.signal.aborted === true;
  }

  get decision(): Decision | undefined {
    return this.#decision;
  }

  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#controller?.abort(reason);
  }

  end(): void {
    this.#over = true;
    if (this.#controller !== undefined) this.#delivery.signal.removeEventListener('abort', this.#onLost);
  }

  #decide(made: Decision): never {
    if (this.#over) {
      throw new ClosedError(
        `This attempt of the event is over (timed out, lost, or its handler has returned): ${made.kind} comes too late.`,
      );
    }
    this.#decision ??= made;
    throw new DecisionMade(`The handler decided: ${made.kind}. Let this pass.`);
  }

  get #onLost(): () => void {
    this.#lost ??= () => this.abort(this.#delivery.signal.reason);
    return this.#lost;
  }

  #lost: (() => void) | undefined;
}
