import type { EventDefinition } from '../events/event-definition.ts';
import { ClosedError } from '../errors/closed-error.ts';
import type { Event } from '../events/event.ts';
import { HandlerTimeoutError } from '../errors/handler-timeout-error.ts';
import type { Deadline, Deadlines } from '../ports/deadlines.ts';
import type { AttemptContext, Decision } from './attempt-context.ts';
import type { Handler, Middleware } from './handler.ts';
import type { InboxGuard } from './inbox-guard.ts';
import { runMiddleware } from './run-middleware.ts';
import { validateEvent, type ValidatedEvent } from './validate-event.ts';

/** How one attempt ended. */
export type Outcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Its data does not fit the schema: no handler ran, and none ever will. */
  | { readonly kind: 'invalid'; readonly error: Error }
  | { readonly kind: 'decided'; readonly decision: Decision }
  /** The inbox knows the event as handled. */
  | { readonly kind: 'duplicate' }
  /** Somebody else is handling this very event (inbox): come back later, nothing has failed. */
  | { readonly kind: 'busy' }
  /** Left behind at the drain deadline; the handler may still be running. */
  | { readonly kind: 'abandoned' };

export interface Attempt {
  /** As decoded: its data is not validated yet. */
  readonly event: Event;
  readonly definition: EventDefinition<unknown>;
  readonly context: AttemptContext;
  readonly handlers: readonly Handler[];
  readonly middleware: readonly Middleware[];
  readonly inboxGuard: InboxGuard | undefined;
}

/** In the deadlines for as long as it runs. */
export interface RunningAttempt extends Deadline<RunningAttempt> {
  readonly event: Event;
  /** Never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Ends the attempt now, whatever the handler does. */
  abandon(reason: unknown): void;
}

/** Validates, then runs middleware and handlers once, all of it for at most as long as `deadlines` allow. */
export function runAttempt(attempt: Attempt, deadlines: Deadlines<RunningAttempt>, timeoutMs: number): RunningAttempt {
  return new Running(attempt, deadlines, timeoutMs);
}

const succeeded: Outcome = { kind: 'succeeded' };

/** A class for the same reason as the attempt's context: one is made for each attempt. */
class Running implements RunningAttempt {
  readonly outcome: Promise<Outcome>;
  due = 0;
  previous: RunningAttempt | undefined = undefined;
  next: RunningAttempt | undefined = undefined;
  readonly #attempt: Attempt;
  readonly #deadlines: Deadlines<RunningAttempt>;
  readonly #timeoutMs: number;
  #resolve: (outcome: Outcome) => void = () => {};

  constructor(attempt: Attempt, deadlines: Deadlines<RunningAttempt>, timeoutMs: number) {
    this.#attempt = attempt;
    this.#deadlines = deadlines;
    this.#timeoutMs = timeoutMs;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    deadlines.add(this);
    run(attempt).then(
      (outcome) => this.#end(this.#decidedOr(outcome)),
      (error: unknown) => this.#end(this.#decidedOr({ kind: 'failed', error })),
    );
  }

  get event(): Event {
    return this.#attempt.event;
  }

  miss(): void {
    const { event, context } = this.#attempt;
    const error = new HandlerTimeoutError(
      `The handlers of ${event.type} ${event.id} in group ${context.group}, or its schema, did not finish within ${this.#timeoutMs} ms. Watch context.signal, or raise handlerTimeoutMs.`,
    );
    context.abort(error);
    this.#end({ kind: 'failed', error });
  }

  abandon(reason: unknown): void {
    this.#attempt.context.abort(reason);
    this.#end({ kind: 'abandoned' });
  }

  #end(outcome: Outcome): void {
    this.#deadlines.delete(this);
    this.#attempt.context.end();
    this.#resolve(outcome);
  }

  /** A decision stands even if the handler caught what it threw. */
  #decidedOr(otherwise: Outcome): Outcome {
    const { decision } = this.#attempt.context;
    return decision === undefined ? otherwise : { kind: 'decided', decision };
  }
}

function run(attempt: Attempt): Promise<Outcome> {
  const validated = validateEvent(attempt.event, attempt.definition);
  return validated instanceof Promise
    ? validated.then((late) => handleValidated(attempt, late))
    : handleValidated(attempt, validated);
}

function handleValidated(attempt: Attempt, validated: ValidatedEvent): Promise<Outcome> {
  if (attempt.context.over) return Promise.resolve({ kind: 'abandoned' });
  if ('error' in validated) return Promise.resolve({ kind: 'invalid', error: validated.error });
  const { event } = validated;
  return attempt.inboxGuard === undefined ? runAll(attempt, event) : runOnce(attempt, event, attempt.inboxGuard);
}

async function runOnce(attempt: Attempt, event: Event, inboxGuard: InboxGuard): Promise<Outcome> {
  const { context } = attempt;
  const claim = await inboxGuard.once(event.id, async () => {
    await runAll(attempt, event);
    // One that gave up on its signal returns like one that is done. Handling it twice is allowed, never handling it is not.
    return context.decision === undefined && !context.toldToLeave;
  });
  if (claim === 'ran') return succeeded;
  return { kind: claim === 'done' ? 'duplicate' : 'busy' };
}

function runAll(attempt: Attempt, event: Event): Promise<Outcome> {
  const { context, middleware } = attempt;
  if (middleware.length === 0) return runHandlers(attempt, event);
  const handle = () => runHandlers(attempt, event).then(() => {});
  return runMiddleware({ event, context, middleware }, handle).then(() => succeeded);
}

async function runHandlers({ handlers, context }: Attempt, event: Event): Promise<Outcome> {
  for (const handler of handlers) {
    // Behind a slow schema, inbox, middleware or handler: the event may be handled elsewhere by now.
    if (context.over) throw new ClosedError('The attempt is over: no further handler begins.');
    await handler(event, context);
    if (context.decision !== undefined) break;
  }
  return succeeded;
}
