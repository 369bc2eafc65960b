import { ClosedError, ConfigurationError, type MessagingConfig } from '@payments/events-core';
import { measureBacklog } from './backlog.ts';
import { capabilitiesWith } from './capabilities.ts';
import { createConnection, type OwnConnection } from './connection.ts';
import { createSubscription, type Subscription } from './consumer.ts';
import { createDeadLetters } from './dead-letters.ts';
import { checkHealth } from './health.ts';
import { insist } from './connection/insist.ts';
import { maxMessageBytes } from './limits.ts';
import { optionsFromConfiguration, settingsOf, type RabbitmqOptions } from './options.ts';
import { createProducer, type Producer } from './producer.ts';
import type { RabbitmqBroker } from './rabbitmq-broker.ts';
import { createSweepLocks } from './sweeping/lock.ts';
import { republishParked } from './sweeping/parked-events.ts';
import { declareGroup } from './topology.ts';

/** What there is once `connect` was called. */
interface Connected {
  readonly connection: OwnConnection;
  readonly producer: Producer;
  readonly ready: Promise<void>;
}

const closedMessage = 'The RabbitMQ adapter was closed.';

/**
 * The adapter for RabbitMQ 4: durable quorum queues, confirmed publishing, retries and dead letters that survive crashes.
 * Connects nothing yet.
 * @throws {ConfigurationError} for an unknown option or a value outside its range.
 */
export function rabbitmq(options: RabbitmqOptions): RabbitmqBroker {
  const settings = settingsOf(options);
  const subscriptions = new Map<string, Subscription>();
  /** Groups whose subscription has ended with an error. */
  const failed = new Set<string>();
  /** The steps of the groups this process has declared. */
  const stepsMs = new Map<string, readonly number[]>();
  const alone = createSweepLocks(needConnection);
  const letters = createDeadLetters(needConnection, alone);
  const closingNow = new AbortController();
  let connected: Connected | undefined;
  let closing: Promise<void> | undefined;

  function needConnected(): Connected {
    if (closing !== undefined) throw new ClosedError(closedMessage);
    if (connected === undefined) throw new ClosedError('RabbitMQ is not connected: call connect() first.');
    return connected;
  }

  function needConnection(): OwnConnection {
    return needConnected().connection;
  }

  async function shutDown(): Promise<void> {
    const { signal } = closingNow;
    await Promise.all([...subscriptions.values()].map((subscription) => subscription.stop({ signal })));
    if (connected === undefined) return;
    const { connection, producer } = connected;
    // Confirms first, then channels, then connections: the end of a connection overtakes what was said before it.
    await producer.drain(signal);
    await producer.close(signal);
    await connection.close(signal);
  }

  return {
    contractVersion: 1,
    system: 'rabbitmq',
    capabilities: capabilitiesWith(settings),
    async connect(runtime, { signal }) {
      if (closing !== undefined) throw new ClosedError(closedMessage);
      signal.throwIfAborted();
      if (connected === undefined) {
        const connection = createConnection(settings, runtime);
        const { place, copies, progressed, repair } = connection;
        const producer = createProducer({ place, settings, copies, progressed, repair });
        const ready = connection.ready(AbortSignal.any([signal, closingNow.signal]));
        const begun: Connected = { connection, producer, ready };
        connected = begun;
        ready.catch(async () => {
          if (connected === begun) connected = undefined;
          const atOnce = AbortSignal.abort();
          await producer.close(atOnce);
          await connection.close(atOnce);
        });
      }
      await connected.ready;
    },
    maxMessageBytes: () => maxMessageBytes,
    async declareGroup(spec) {
      const connection = needConnection();
      await insist(connection, (live) => declareGroup(live, { clock: connection.runtime.clock, settings }, spec));
      stepsMs.set(spec.group, spec.retryDelaysMs);
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
      stepsMs.set(group, spec.retryDelaysMs);
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
    republishParked(parkedOptions) {
      const { queuePrefix } = settings;
      return republishParked({ queuePrefix, alone, producer: () => needConnected().producer }, parkedOptions);
    },
    async backlog(group) {
      return measureBacklog({
        connection: needConnection(),
        group,
        retryDelaysMs: stepsMs.get(group),
        inFlight: subscriptions.get(group)?.inFlight ?? 0,
        swept: letters.held(group),
      });
    },
    async health() {
      if (connected === undefined || closing !== undefined) {
        const message = closing === undefined ? 'RabbitMQ is not connected yet.' : closedMessage;
        return { status: 'down', problems: [{ code: closing === undefined ? 'disconnected' : 'closed', message }] };
      }
      const { connection, producer } = connected;
      const states = [...subscriptions].map(([group, { consuming, unapplied }]) => ({ group, consuming, unapplied }));
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
export function adapterFromConfiguration(messaging: MessagingConfig): RabbitmqBroker {
  return rabbitmq(optionsFromConfiguration(messaging));
}
