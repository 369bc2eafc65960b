import {
  backoffMs,
  ClosedError,
  ConfigurationError,
  EventsError,
  wait,
  type BrokerAdapter,
  type GroupSpec,
  type MessagingConfig,
} from '@payments/events-core';
import { measureBacklog } from './backlog.ts';
import { capabilities } from './capabilities.ts';
import { optionsFromConfiguration } from './configuration.ts';
import { createConnection, type OwnConnection } from './connection.ts';
import { createSubscription, type Subscription } from './consumer.ts';
import { createDeadLetters } from './dead-letters.ts';
import { declareGroup } from './declaring/declare-group.ts';
import { closedMessage } from './errors.ts';
import { checkHealth } from './health.ts';
import { maxMessageBytes } from './limits.ts';
import { settingsOf, type KafkaOptions } from './options.ts';
import { createProducer, type Producer } from './producer.ts';

/** What there is once `connect` was called. */
interface Connected {
  readonly connection: OwnConnection;
  readonly producer: Producer;
  readonly ready: Promise<void>;
}

/**
 * The adapter for Kafka: events in topics by entity, acknowledged publishing, retries and dead letters that survive crashes.
 * Connects nothing yet.
 * @throws {ConfigurationError} for an unknown option or a value outside its range.
 */
export function kafka(options: KafkaOptions): BrokerAdapter {
  const settings = settingsOf(options);
  const subscriptions = new Map<string, Subscription>();
  /** Groups whose subscription has ended with an error. */
  const failed = new Set<string>();
  /** The groups this process has declared. */
  const specs = new Map<string, GroupSpec>();
  const letters = createDeadLetters(needConnection);
  const closingNow = new AbortController();
  let connected: Connected | undefined;
  let closing: Promise<void> | undefined;

  function needConnected(): Connected {
    if (closing !== undefined) throw new ClosedError(closedMessage);
    if (connected === undefined) throw new ClosedError('Kafka is not connected: call connect() first.');
    return connected;
  }

  function needConnection(): OwnConnection {
    return needConnected().connection;
  }

  /** Until there is an answer. @throws what does not pass; {ClosedError} after close. */
  async function insist(connection: OwnConnection, ask: () => Promise<void>): Promise<void> {
    const { clock, random } = connection.runtime;
    for (let failures = 0; ; failures += 1) {
      try {
        return await ask();
      } catch (error) {
        if (closing !== undefined) throw new ClosedError(closedMessage);
        if (!EventsError.isInstance(error) || !error.retryable) throw error;
      }
      await wait(clock, backoffMs(failures, random), closingNow.signal);
    }
  }

  async function shutDown(): Promise<void> {
    const { signal } = closingNow;
    await Promise.all([...subscriptions.values()].map((subscription) => subscription.stop({ signal })));
    if (connected === undefined) return;
    const { connection, producer } = connected;
    await producer.drain(signal);
    await connection.close(signal);
  }

  return {
    contractVersion: 1,
    system: 'kafka',
    capabilities,
    async connect(runtime, { signal }) {
      if (closing !== undefined) throw new ClosedError(closedMessage);
      signal.throwIfAborted();
      if (connected === undefined) {
        const connection = createConnection(settings, runtime);
        const producer = createProducer({ lanes: connection.lanes, settings });
        const ready = connection.ready(AbortSignal.any([signal, closingNow.signal]));
        const begun: Connected = { connection, producer, ready };
        connected = begun;
        ready.catch(async () => {
          if (connected === begun) connected = undefined;
          const atOnce = AbortSignal.abort();
          await connection.close(atOnce);
        });
      }
      await connected.ready;
    },
    maxMessageBytes: () => maxMessageBytes,
    async declareGroup(spec) {
      const connection = needConnection();
      await insist(connection, () => declareGroup(connection, spec));
      specs.set(spec.group, spec);
    },
    send(message, sending) {
      if (closing !== undefined || connected === undefined) return Promise.reject(new ClosedError(closedMessage));
      return connected.producer.send(message, sending);
    },
    async subscribe(spec, deliver) {
      const connection = needConnection();
      const { group } = spec;
      if (subscriptions.has(group) && !failed.has(group))
        throw new ConfigurationError(`This process subscribes to group "${group}" already.`, 'group');
      const subscription = createSubscription({ connection, spec, deliver });
      const { ended, ready } = subscription;
      subscriptions.set(group, subscription);
      failed.delete(group);
      specs.set(group, spec);
      const forget = () => {
        if (subscriptions.get(group) === subscription) subscriptions.delete(group);
      };
      // One that could not go on stays: until it is stopped or begun anew, health says that nobody consumes.
      ended.then(forget, () => failed.add(group));
      try {
        await ready;
      } catch (error) {
        forget();
        throw error;
      }
      const stop: typeof subscription.stop = (stopping) => subscription.stop(stopping).finally(forget);
      return { ended, stop };
    },
    deadLetters(group) {
      needConnected();
      return letters.of(group);
    },
    async backlog(group) {
      return measureBacklog({
        connection: needConnection(),
        group,
        spec: specs.get(group),
        inFlight: subscriptions.get(group)?.inFlight ?? 0,
      });
    },
    async health() {
      if (connected === undefined || closing !== undefined) {
        const message = closing === undefined ? 'Kafka is not connected yet.' : closedMessage;
        return { status: 'down', problems: [{ code: closing === undefined ? 'disconnected' : 'closed', message }] };
      }
      const { connection, producer } = connected;
      const states = [...subscriptions].map(([group, { consuming, unapplied, oldestUnsettledAt }]) => ({
        group,
        consuming,
        unapplied,
        oldestUnsettledAt,
      }));
      return checkHealth({ connection, producer, subscriptions: states });
    },
    async close({ signal }) {
      const now = () => closingNow.abort(new ClosedError(closedMessage));
      signal.addEventListener('abort', now, { once: true });
      if (signal.aborted) now();
      closing ??= shutDown();
      await closing;
      signal.removeEventListener('abort', now);
    },
  };
}

/** What `connectBroker` calls. @throws {ConfigurationError} */
export function adapterFromConfiguration(messaging: MessagingConfig): BrokerAdapter {
  return kafka(optionsFromConfiguration(messaging));
}
