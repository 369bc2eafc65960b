import type { Deliver, Delivery, Settlement } from '../contract/delivery.ts';
import type { Event } from '../events/event.ts';
import { topicOf } from '../events/names.ts';
import { createDeadlines } from '../ports/deadlines.ts';
import { wait } from '../ports/wait.ts';
import { createAttemptContext } from './attempt-context.ts';
import type { ConsumerStats, UnfinishedEvent } from './consumer.ts';
import { createCrashLoopGuard } from './crash-loop-guard.ts';
import { readNotes, type DeliveryNotes } from './delivery-notes.ts';
import type { Handler } from './handler.ts';
import { longestDelayInPlaceMs } from './hold.ts';
import { createLanes } from './lanes.ts';
import { createLostNotes } from './lost-notes.ts';
import { openDelivery, type Opened } from './open-delivery.ts';
import type { PipelineOptions } from './pipeline-options.ts';
import { createReporter } from './reporter.ts';
import { runAttempt, type RunningAttempt } from './run-attempt.ts';
import { deadLetterNow, settle, type DeadLetterReason } from './settle.ts';
import { createSlots } from './slots.ts';

/** From delivery to settlement: crash-loop guard → decode → match → lane → slot → validate → inbox → middleware → handlers. */
export interface Pipeline {
  readonly deliver: Deliver;
  stats(): ConsumerStats;
  /** Lets running attempts finish; what has not begun, or waits for its next attempt, is released. */
  drain(): void;
  /** Ends running attempts now, and says which. Their handlers may still be running. */
  abandon(reason: unknown): readonly UnfinishedEvent[];
  close(): void;
}

type OpenedEvent = Extract<Opened, { kind: 'event' }>;
type DeadLetterSettlement = Extract<Settlement, { kind: 'deadLetter' }>;
const release: Settlement = { kind: 'release' };

export function createPipeline(options: PipelineOptions): Pipeline {
  const {
    group,
    ordering,
    policy,
    maxUnsettled,
    handlerTimeoutMs,
    maxHoldMs,
    middleware,
    inboxGuard,
    registry,
    runtime,
    working,
  } = options;
  const { clock, random } = runtime;
  const rules = { policy, random, now: clock.now };
  /** The attempts that run, each with its deadline. */
  const running = createDeadlines<RunningAttempt>(clock, handlerTimeoutMs);
  const guard = createCrashLoopGuard(maxUnsettled);
  const lanes = createLanes();
  const lostNotes = createLostNotes();
  const slots = createSlots(options.concurrency);
  const reporter = createReporter(runtime.logger, group);
  const draining = new AbortController();

  async function deliver(delivery: Delivery): Promise<Settlement> {
    const notes = readNotes(delivery.state);
    let settlement: Settlement;
    const open = guard.begun(delivery);
    try {
      settlement = await decide(delivery, notes);
    } catch (error) {
      // Nothing in here is meant to throw. Whatever does must cost neither the event nor the consumer.
      settlement = bury('internal-error', error, delivery, notes);
    }
    if (delivery.signal.aborted) {
      guard.sawLost(open);
      return release;
    }
    if (settlement.kind === 'release') {
      guard.released(open);
      return release;
    }
    guard.settled(open);
    lostNotes.forget(delivery);
    return settlement;
  }

  function decide(delivery: Delivery, notes: DeliveryNotes): Settlement | Promise<Settlement> {
    if (guard.suspects(delivery)) {
      const error = new Error(
        `${delivery.unsettled} deliveries of this event to group ${group} ended without a settlement: its handlers seem to kill their process.`,
      );
      return bury('crash-loop', error, delivery, notes);
    }
    const opened = openDelivery(options.opening, delivery, notes);
    if (opened.kind === 'hopeless') return bury(opened.reason, opened.error, delivery, notes);
    const { type, id } = opened.kind === 'event' ? opened.event : opened;
    const handlers = registry.handlersFor(type);
    if (handlers.length === 0) return ignore(type);
    if (opened.kind === 'unknown-type') {
      if (options.onUnknownType === 'ignore') return ignore(type);
      const error = new Error(
        `Type ${type} of event ${id} is not in this consumer's catalogue. Upgrade, or define it with defineEvents(), then redrive.`,
      );
      return bury('unknown-type', error, delivery, notes);
    }
    const key = delivery.message.key ?? opened.event.key;
    if (ordering === 'none' || key === undefined) return handle(opened, handlers, delivery, notes);
    return lanes.run(`${topicOf(type)} ${key}`, async (holdUntil) => {
      const settlement = await handle(opened, handlers, delivery, notes);
      return settlement.kind === 'deadLetter' ? heldBack(settlement, delivery, holdUntil) : settlement;
    });
  }

  /** The key goes on once the letter is stored: until then a lost connection would bring the event back, behind later ones. */
  function heldBack(
    letter: DeadLetterSettlement,
    delivery: Delivery,
    holdUntil: (over: Promise<void>) => void,
  ): Settlement {
    const { promise, resolve } = Promise.withResolvers<void>();
    const signals = endings(delivery);
    const goOn = () => {
      if (delivery.signal.aborted) lostNotes.keep(delivery, readNotes(letter.state), 0);
      for (const one of signals) one.removeEventListener('abort', goOn);
      resolve();
    };
    for (const one of signals) one.addEventListener('abort', goOn, { once: true });
    if (signals.some(({ aborted }) => aborted)) goOn();
    holdUntil(promise);
    return { ...letter, onStored: goOn };
  }

  function ignore(type: string): Settlement {
    reporter.unmatched(type);
    return { kind: 'ack' };
  }

  function bury(reason: DeadLetterReason, error: unknown, delivery: Delivery, notes: DeliveryNotes): Settlement {
    const settlement = deadLetterNow(reason, error, notes, rules);
    reporter.settled(settlement, { id: delivery.message.id ?? notes.id, type: delivery.message.type }, error);
    return settlement;
  }

  async function handle(
    { event: received, definition, foreign }: OpenedEvent,
    handlers: readonly Handler[],
    delivery: Delivery,
    first: DeliveryNotes,
  ): Promise<Settlement> {
    const begunAt = maxHoldMs === null ? 0 : clock.elapsed();
    let event = received;
    const known = lostNotes.recall(delivery, first);
    let notes: DeliveryNotes = foreign ? { ...known, id: event.id } : known;
    if (known !== first) await waitUntil(lostNotes.dueAt(delivery), delivery);
    for (;;) {
      if (mustLeave(delivery)) return release;
      if (!slots.tryTake()) {
        if (!(await slots.take(...endings(delivery)))) return release;
        // A signal may have fired after the slot was passed on and before this line.
        if (mustLeave(delivery)) {
          slots.give();
          return release;
        }
      }
      const context = createAttemptContext({
        group,
        maxAttempts: policy.maxAttempts,
        delivery,
        notes,
        longestDelayInPlaceMs: longestDelayMs(notes.attempts + 1, begunAt),
      });
      working(1);
      const attempt = runAttempt(
        { event, definition, context, handlers, middleware, inboxGuard },
        running,
        handlerTimeoutMs,
      );
      const outcome = await attempt.outcome;
      working(-1);
      slots.give();
      const settlement = settle(outcome, notes, rules);
      if (delivery.signal.aborted) {
        if (ordering === 'key' && settlement.kind !== 'ack')
          lostNotes.keep(delivery, notesAfter(settlement, notes), dueAfter(settlement));
        return release;
      }
      if (outcome.kind === 'duplicate') reporter.deduplicated();
      else if (outcome.kind !== 'busy')
        reporter.settled(settlement, event, 'error' in outcome ? outcome.error : undefined);
      if (ordering === 'none' || settlement.kind !== 'retry') return settlement;
      // Only this key waits: its lane stays taken, its slot is free.
      notes = readNotes(settlement.state);
      const dueAt = dueAfter(settlement);
      await waitUntil(dueAt, delivery);
      if (mustLeave(delivery)) {
        lostNotes.keep(delivery, notes, dueAt);
        return release;
      }
      // Read anew: the handlers may have changed what they were given.
      event = reopened(delivery, notes) ?? event;
    }
  }

  function reopened(delivery: Delivery, notes: DeliveryNotes): Event | undefined {
    const again = openDelivery(options.opening, delivery, notes);
    return again.kind === 'event' ? again.event : undefined;
  }

  const dueAfter = (settlement: Settlement): number =>
    settlement.kind === 'retry' ? clock.elapsed() + settlement.delayMs : 0;

  async function waitUntil(dueAt: number, delivery: Delivery): Promise<void> {
    const leftMs = dueAt - clock.elapsed();
    if (leftMs > 0) await wait(clock, leftMs, AbortSignal.any(endings(delivery)));
  }

  /** Undefined where it may be as long as any. */
  function longestDelayMs(attempt: number, begunAt: number): number | undefined {
    if (ordering === 'none' || maxHoldMs === null) return undefined;
    return longestDelayInPlaceMs(options, { maxHoldMs, attempt, heldMs: clock.elapsed() - begunAt });
  }

  /** What ends the waiting of a delivery that has not begun, or waits for its next attempt. */
  function endings({ signal, recalled }: Delivery): AbortSignal[] {
    return recalled === undefined ? [signal, draining.signal] : [signal, draining.signal, recalled];
  }

  const mustLeave = ({ signal, recalled }: Delivery): boolean =>
    signal.aborted || draining.signal.aborted || recalled?.aborted === true;

  return {
    deliver,
    stats: () => reporter.stats(running.size),
    drain: () => draining.abort(),
    abandon(reason) {
      const unfinished = [...running];
      for (const attempt of unfinished) attempt.abandon(reason);
      return unfinished.map(({ event: { id, type } }) => ({ id, type }));
    },
    close: () => running.close(),
  };
}

/** Failed attempts that the broker is not told of. */
function notesAfter(settlement: Settlement, before: DeliveryNotes): DeliveryNotes {
  return settlement.kind === 'retry' || settlement.kind === 'deadLetter' ? readNotes(settlement.state) : before;
}
