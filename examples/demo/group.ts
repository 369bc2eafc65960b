import { createConsumer, type Broker, type Consumer, type Ordering } from '@payments/events-core';
import { events, type DemoEvents } from './catalogue.ts';

/** What the demo's groups have in common. */
export interface Setting {
  readonly broker: Broker;
  /** Where this run's events come from. On a broker that keeps events, those of earlier runs are not ours to count. */
  readonly source: string;
}

export interface GroupOptions {
  readonly name: string;
  readonly ordering?: Ordering;
  /** Which of the published types its handlers want. */
  readonly wants: (type: string) => boolean;
  readonly register: (consumer: Consumer<DemoEvents>) => void;
}

/** A group and what it has handled. */
export interface Group {
  readonly name: string;
  readonly wants: (type: string) => boolean;
  /** Ids of events whose handlers have succeeded. */
  readonly handled: ReadonlySet<string>;
  /** A consumer of a new deployment: handlers are registered anew. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Short, so that the demo is too. The library's own default is five attempts, from one second to nine. */
const retry = { maxAttempts: 3, initialDelayMs: 200, factor: 2, jitter: 'none' } as const;

export function createGroup(
  { broker, source }: Setting,
  { name, ordering = 'none', wants, register }: GroupOptions,
): Group {
  const handled = new Set<string>();
  let consumer: Consumer<DemoEvents> | undefined;

  return {
    name,
    wants,
    handled,
    async start() {
      consumer = createConsumer({ broker, group: `demo-${name}`, events, ordering, retry });
      consumer.use(async (event, _context, next) => {
        if (event.source !== source) return;
        await next();
        handled.add(event.id);
      });
      register(consumer);
      await consumer.start();
    },
    async stop() {
      await consumer?.stop();
    },
  };
}
