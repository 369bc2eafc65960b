import type { Deliver, Delivery, Settlement } from '../contract/delivery.ts';
import { topicOf } from '../events/names.ts';
import { createDeadlines } from '../ports/deadlines.ts';
import { wait } from '../ports/wait.ts';
import { createAttemptContext } from './attempt-context.ts';
import type { ConsumerStats, UnfinishedEvent } from './consumer.ts';
import { createCrashLoopGuard } from './crash-loop-guard.ts';
import { readNotes, type DeliveryNotes } from './delivery-notes.ts';
import type { Handler } from './handler.ts';
import { createLanes } from './lanes.ts';
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
const release: Settlement = { kind: 'release' };

export function createPipeline(options: PipelineOptions): Pipeline {
  const {
    group,
    ordering,
    policy,
    maxUnsettled,
    handlerTimeoutMs,
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
    guard.settled(open);
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
    return lanes.run(`${topicOf(type)} ${key}`, () => handle(opened, handlers, delivery, notes));
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
    { event, definition, foreign }: OpenedEvent,
    handlers: readonly Handler[],
    delivery: Delivery,
    first: DeliveryNotes,
  ): Promise<Settlement> {
    let notes: DeliveryNotes = foreign ? { ...first, id: event.id } : first;
    for (;;) {
      if (mustLeave(delivery)) return release;
      if (!slots.tryTake()) {
        if (!(await slots.take(delivery.signal, draining.signal))) return release;
        // A signal may have fired after the slot was passed on and before this line.
        if (mustLeave(delivery)) {
          slots.give();
          return release;
        }
      }
      const context = createAttemptContext({ group, maxAttempts: policy.maxAttempts, delivery, notes });
      working(1);
      const attempt = runAttempt(
        { event, definition, context, handlers, middleware, inboxGuard },
        running,
        handlerTimeoutMs,
      );
      const outcome = await attempt.outcome;
      working(-1);
      slots.give();
      if (delivery.signal.aborted) return release;

      const settlement = settle(outcome, notes, rules);
      if (outcome.kind === 'duplicate') reporter.deduplicated();
      else if (outcome.kind !== 'busy')
        reporter.settled(settlement, event, 'error' in outcome ? outcome.error : undefined);
      if (ordering === 'none' || settlement.kind !== 'retry') return settlement;
      // Only this key waits: its lane stays taken, its slot is free.
      await wait(clock, settlement.delayMs, AbortSignal.any([delivery.signal, draining.signal]));
      notes = readNotes(settlement.state);
    }
  }

  const mustLeave = (delivery: Delivery): boolean => delivery.signal.aborted || draining.signal.aborted;

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
