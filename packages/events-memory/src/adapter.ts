import {
  ClosedError,
  ConfigurationError,
  type BrokerAdapter,
  type Clock,
  type HealthProblem,
  type MessagingConfig,
} from '@payments/events-core';
import { capabilities } from './capabilities.ts';
import { createConnection } from './connection.ts';
import { createSubscription, type Subscription } from './consumer.ts';
import { createDeadLetterStore } from './dead-letters.ts';
import { checkHealth } from './health.ts';
import { optionsFromConfiguration, refuseSettingsBesideServer, type MemoryOptions } from './options.ts';
import { createProducer } from './producer.ts';
import { createPublished, type PublishedMessage } from './published.ts';
import type { IdleOptions } from './server/idleness.ts';
import { memoryServer, type AdvanceOptions, type MemoryServer } from './server/server.ts';
import { createSettler, type Settler } from './settlement.ts';

/** The adapter of a broker in this process, with what tests need beside the contract. */
export interface MemoryBroker extends BrokerAdapter {
  readonly server: MemoryServer;
  /** What this adapter sent and the broker accepted, newest last; at most 1,000, the oldest are forgotten first. */
  readonly published: readonly PublishedMessage[];
  /**
   * Resolves when nothing is being handled or published and nothing can be handed over, in every process connected to
   * the server. Events that wait for a retry stay waiting.
   * @throws when that takes longer than `timeoutMs` of real time; the message names what is open.
   */
  idle(options?: IdleOptions): Promise<void>;
  /**
   * Moves the virtual time. What becomes due on the way happens one by one, each with its consequences before the next.
   * A handler that waits for something real is given `patienceMs`; `await idle()` before and after where that is short.
   * @throws {ConfigurationError} when the clock is the system's.
   */
  advance(ms: number, options?: AdvanceOptions): Promise<void>;
}

/**
 * A broker in this process, for tests and the first five minutes. What it holds is gone when the process ends.
 * @throws {ConfigurationError} for an unknown option or a value outside its range.
 */
export function memory(options: MemoryOptions = {}): MemoryBroker {
  if (options.server !== undefined) refuseSettingsBesideServer(options);
  const server = options.server ?? memoryServer(options);
  const published = createPublished();
  const settlers = new Map<string, Settler>();
  const subscriptions = new Map<string, Subscription>();
  let closing: Promise<void> | undefined;

  const clock: { readonly clock?: Clock } = server.virtualClock === undefined ? {} : { clock: server.virtualClock };

  const checkOpen = () => {
    if (closing !== undefined) throw new ClosedError('The memory broker was closed.');
  };

  const broker: MemoryBroker = {
    contractVersion: 1,
    system: 'memory',
    capabilities,
    ...clock,
    server,
    get published() {
      return published.list();
    },
    idle: server.idle,
    advance: server.advance,
    async connect(runtime, { signal }) {
      checkOpen();
      signal.throwIfAborted();
      await connection.connect(runtime, signal);
    },
    maxMessageBytes: () => server.settings.maxMessageBytes,
    async declareGroup(spec) {
      checkOpen();
      await connection.insist((session) => session.declareGroup(spec));
    },
    send(message, sending) {
      if (closing !== undefined) return Promise.reject(new ClosedError('The memory broker was closed.'));
      return producer.send(message, sending);
    },
    async subscribe(spec, deliver) {
      checkOpen();
      const { group } = spec;
      if (subscriptions.has(group)) {
        throw new ConfigurationError(`This process subscribes to group "${group}" already.`, 'group');
      }
      const settler = createSettler({
        group,
        runtime: connection.runtime,
        answerWithinMs: server.settings.leaseMs / 3,
      });
      const subscription = createSubscription({ connection, spec, deliver, settler });
      const forget = () => {
        subscriptions.delete(group);
        settlers.delete(group);
      };
      subscriptions.set(group, subscription);
      settlers.set(group, settler);
      subscription.ended.then(forget, forget);
      await subscription.ready;
      return subscription;
    },
    deadLetters(group) {
      checkOpen();
      return createDeadLetterStore(connection, group);
    },
    async backlog(group) {
      checkOpen();
      return connection.ask((session) => session.backlog(group));
    },
    health: () => checkHealth({ connection, clock: server.settings.clock, problems: delayedSettlements() }),
    async close({ signal }) {
      closing ??= shutDown(signal);
      // A later call may be in more of a hurry.
      for (const subscription of subscriptions.values()) void subscription.stop({ signal });
      await closing;
    },
  };

  function delayedSettlements(): readonly HealthProblem[] {
    return [...settlers].flatMap(([group, { delayed }]) =>
      delayed === 0
        ? []
        : [{ code: 'settlement-delayed', message: `${delayed} settlements wait to be applied.`, group }],
    );
  }

  async function shutDown(signal: AbortSignal): Promise<void> {
    await Promise.all([...subscriptions.values()].map((subscription) => subscription.stop({ signal })));
    await producer.drain(signal);
    connection.close();
  }

  const connection = createConnection({ server, adapter: broker, accepted: published.add });
  const producer = createProducer(connection, server.settings.maxMessageBytes);
  return broker;
}

/** What `connectBroker` calls. @throws {ConfigurationError} */
export function adapterFromConfiguration(messaging: MessagingConfig): MemoryBroker {
  return memory(optionsFromConfiguration(messaging));
}
