import {
  createConsumer,
  type Broker,
  type BrokerAdapter,
  type Consumer,
  type ConsumerOptions,
  type Event,
  type HandlerContext,
} from '@payments/events-core';
import type { Run } from '../ledger/entries.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { TestData, TestEvents } from './test-event.ts';

/** What a handler of a clause is given: the event, core's context, and its own line in the ledger. */
export interface Handling {
  readonly event: Event<string, TestData>;
  readonly context: HandlerContext;
  readonly run: Run;
}

export type ConsumingOptions = Partial<Omit<ConsumerOptions<TestEvents>, 'broker' | 'group'>> & {
  readonly group: string;
  /** One handler is registered for each. @default all types of the catalogue */
  readonly patterns?: readonly string[];
  /** What handling does. Returning handles, throwing fails the attempt. @default returns at once */
  readonly handle?: (handling: Handling) => unknown;
};

export interface ConsumingContext {
  readonly name: string;
  readonly ledger: Ledger;
  readonly events: TestEvents;
  /** A killed process: nothing of it runs on. */
  readonly isDead: () => boolean;
}

/** A consumer, not yet started, whose every run is in the ledger. */
export function openConsumer(
  broker: Broker | BrokerAdapter,
  context: ConsumingContext,
  options: ConsumingOptions,
): Consumer<TestEvents> {
  const { ledger, name, isDead } = context;
  const { group, patterns, handle = () => {}, ...rest } = options;
  const consumer = createConsumer<TestEvents>({ events: context.events, ...rest, broker, group });
  const runs = new WeakMap<HandlerContext, Run>();

  // The ledger is written around all handlers of an event, so that it has one line for each attempt.
  consumer.use(async (event, handlerContext, next) => {
    if (isDead()) return forever();
    const { message, attempt, redrives, signal } = handlerContext;
    const id = message.id ?? event.id;
    const key = event.key === undefined ? {} : { key: event.key };
    const seen = { body: message.body, headers: message.headers, ...key };
    const run = ledger.start({ group, consumer: name, id, type: event.type, attempt, redrives, ...key }, seen);
    runs.set(handlerContext, run);
    signal.addEventListener('abort', () => ledger.end(run, 'cut'), { once: true });
    try {
      await next();
    } catch (error) {
      if (isDead()) return forever();
      ledger.end(run, 'failed');
      throw error;
    }
    if (isDead()) return forever();
    ledger.end(run, 'ok');
  });
  for (const pattern of patterns ?? Object.keys(context.events)) {
    consumer.on(pattern, (event, handlerContext) => {
      const run = runs.get(handlerContext);
      if (run === undefined) throw new Error('a handler ran with a context the middleware did not see');
      return handle({ event: event as Event<string, TestData>, context: handlerContext, run });
    });
  }
  return consumer;
}

/** Where a killed process stands still. */
function forever(): Promise<never> {
  return new Promise(() => {});
}
