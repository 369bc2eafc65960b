import {
  aborted,
  type AdapterRuntime,
  backoffMs,
  BrokerUnavailableError,
  ClosedError,
  ConfigurationError,
  wait,
} from '@payments/events-core';
import { createAdministrator, type Administrator } from './connection/administrator.ts';
import { createClientLog } from './connection/client-log.ts';
import { createClient, type Client, type ClientUse } from './connection/client.ts';
import { filesOf } from './connection/dial.ts';
import { createLosses } from './connection/losses.ts';
import { createRetention, type Retention } from './declaring/retention.ts';
import { createCopies, type Copies } from './publishing/copies.ts';
import { createLanes, type Lanes } from './publishing/lanes.ts';
import { createTopics, type Topics } from './publishing/topics.ts';
import { closedMessage } from './errors.ts';
import type { Settings } from './settings.ts';

/** What producers, subscriptions and sweeps of one adapter share. */
export interface Connection {
  readonly runtime: AdapterRuntime;
  readonly settings: Settings;
  readonly admin: Administrator;
  readonly topics: Topics;
  readonly copies: Copies;
  readonly retention: Retention;
  readonly closed: boolean;
  /** A fresh instance of the client. Whoever makes it, destroys it. `name` is for logs: `publishing`, `consuming ledger`. */
  client(name: string, use?: ClientUse): Client;
  /** An answer came: proof that things move. */
  progressed(): void;
  /** When the last answer came, in milliseconds since the Unix epoch. */
  readonly lastProgressAt: number | undefined;
}

/** All of it: what the adapter itself and health need. Who closes it, owns it. */
export interface OwnConnection extends Connection {
  readonly lanes: Lanes;
  /** Resolves when Kafka answers and events can be sent. @throws {ConfigurationError} {BrokerUnavailableError} */
  ready(signal: AbortSignal): Promise<void>;
  /** After the producer is drained. */
  close(signal: AbortSignal): Promise<void>;
}

export function createConnection(settings: Settings, runtime: AdapterRuntime): OwnConnection {
  const { clock, random } = runtime;
  let closed = false;
  let lastProgressAt: number | undefined;

  const progressed = () => {
    lastProgressAt = clock.now();
  };
  const log = createClientLog(runtime);
  const clients = new Set<Client>();
  const admin = createAdministrator({
    settings,
    runtime,
    client: () => client('asking', { forgivesLeaderless: true }),
    progressed,
  });
  const probe = () => admin.ask('answer', (asked) => asked.describeCluster(), settings.requestTimeoutMs);
  const losses = createLosses({ runtime, probe });
  const topics = createTopics({ admin, settings, runtime });
  const lanes = createLanes({ settings, runtime, topics, client: publishing, progressed });

  function client(name: string, use: ClientUse = {}): Client {
    const ended = () => void clients.delete(made);
    const made = createClient({ ...use, settings, runtime, log, name, lost: losses.lost, ended });
    clients.add(made);
    if (closed) made.destroy(new ClosedError(closedMessage));
    return made;
  }

  function publishing(): Client {
    const requestTimeoutMs = Math.min(longestPublishMs, settings.requestTimeoutMs);
    // What could not be sent is tried again by core, with a limit of its own.
    return client('publishing', { retries: 0, requestTimeoutMs, forgivesLeaderless: true });
  }

  async function ready(signal: AbortSignal): Promise<void> {
    // A file that cannot be read is no reason to try again.
    if (settings.tls !== undefined) filesOf(settings.tls);
    for (let failures = 0; ; failures += 1) {
      try {
        await Promise.race([probe(), aborted(signal)]);
        signal.throwIfAborted();
        return losses.begin();
      } catch (error) {
        if (ConfigurationError.isInstance(error) || closed) throw error;
        if (!signal.aborted) await wait(clock, backoffMs(failures, random), signal);
        if (signal.aborted) throw unreachable();
      }
    }
  }

  function unreachable(): BrokerUnavailableError {
    const { lastError } = admin;
    const why = lastError === undefined ? 'No answer came.' : `The last reason: ${lastError.message}`;
    return new BrokerUnavailableError(`Kafka at ${settings.brokers.join(', ')} could not be reached in time. ${why}`, {
      cause: lastError,
    });
  }

  return {
    runtime,
    settings,
    admin,
    topics,
    copies: createCopies(lanes),
    retention: createRetention({ admin, runtime, settings }),
    lanes,
    get closed() {
      return closed;
    },
    client,
    progressed,
    get lastProgressAt() {
      return lastProgressAt;
    },
    ready,
    async close(signal) {
      closed = true;
      losses.close();
      await lanes.close(signal);
      await admin.close();
      // A declaration or a sweep that was under way has its own.
      for (const one of clients) one.destroy(new ClosedError(closedMessage));
    },
  };
}

/** A send that is not answered in this time is not waited for, whatever is granted to other questions. */
const longestPublishMs = 5_000;
