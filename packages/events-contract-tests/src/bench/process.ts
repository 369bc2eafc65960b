import {
  connectBroker,
  deadLetters,
  type Broker,
  type BrokerAdapter,
  type Consumer,
  type DeadLettersOf,
  type Logger,
} from '@payments/events-core';
import type { BrokerFaults } from '../faults.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LabTime } from '../time/lab-time.ts';
import { openConsumer, type ConsumingOptions } from './consuming.ts';
import { openPublisher, type LedgerPublisher, type PublishingOptions } from './publishing.ts';
import type { TestEvents } from './test-event.ts';

/** What stands for one process of an application: one client of the broker and all that uses it. */
export interface LabProcess {
  /** Its consumers' name in the ledger. */
  readonly name: string;
  readonly adapter: BrokerAdapter;
  readonly broker: Broker | BrokerAdapter;
  publisher(options?: PublishingOptions): LedgerPublisher;
  /** Not started. */
  consumer(options: ConsumingOptions): Consumer<TestEvents>;
  operator(group: string, events?: TestEvents): DeadLettersOf<TestEvents>;
  /** SIGKILL. Runs it had going are `cut` in the ledger, and nothing of it runs again. */
  kill(): Promise<void>;
  /** Ends it as an application would: consumers drain, publishers flush, the connection closes. */
  close(drainTimeoutMs?: number): Promise<void>;
}

export interface ProcessContext {
  readonly ledger: Ledger;
  readonly time: LabTime;
  readonly events: TestEvents;
  /** Published where a clause names no type. */
  readonly type: string;
  readonly faults: BrokerFaults;
  readonly logger: Logger;
}

/** A process that is connected. Waits for the broker. */
export async function connectedProcess(
  name: string,
  adapter: BrokerAdapter,
  context: ProcessContext,
): Promise<LabProcess> {
  return processOn(name, adapter, await connectBroker(adapter, { logger: context.logger }), context);
}

/** A process that connects when it first needs to. */
export function bareProcess(name: string, adapter: BrokerAdapter, context: ProcessContext): LabProcess {
  return processOn(name, adapter, adapter, context);
}

function processOn(
  name: string,
  adapter: BrokerAdapter,
  broker: Broker | BrokerAdapter,
  context: ProcessContext,
): LabProcess {
  let dead = false;
  const borrowers: (() => Promise<unknown>)[] = [];

  return {
    name,
    adapter,
    broker,
    publisher(options = {}) {
      const events = options.events ?? context.events;
      const publisher = openPublisher(broker, { ...context, events }, options);
      borrowers.push(() => publisher.close());
      return publisher;
    },
    consumer(options) {
      const events = options.events ?? context.events;
      const consumer = openConsumer(broker, { ...context, events, name, isDead: () => dead }, options);
      borrowers.push(() => consumer.stop({ drainTimeoutMs: 1_000 }));
      return consumer;
    },
    operator: (group, events = context.events) => deadLetters<TestEvents>({ broker, group, events }),
    async kill() {
      dead = true;
      context.ledger.cut(name);
      await context.faults.killProcess(adapter);
    },
    async close(drainTimeoutMs = 30_000) {
      if (dead) return adapter.close({ signal: AbortSignal.abort() });
      if ('close' in broker && 'adapter' in broker) return broker.close({ drainTimeoutMs });
      await Promise.allSettled(borrowers.map((giveBack) => giveBack()));
      await adapter.close({ signal: AbortSignal.abort() });
    },
  };
}
