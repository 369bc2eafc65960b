import type { AdapterRuntime } from '@payments/events-core';
import { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import { apiKeys, readsCoordinator, type ReadAnswer } from './answers.ts';
import type { ClientLog } from './client-log.ts';
import type { BeforeJoin } from './group-request.ts';
import { forgiveLeaderless } from './leaderless.ts';
import { createSockets } from './sockets.ts';
import type { Settings } from '../settings.ts';

export type { Join } from './group-request.ts';

/** A fresh instance of kafkajs, and every socket it opens. */
export interface Client {
  /** Makes one producer, consumer or admin. The client's own reconnecting and retrying is as `retry` of that one says. */
  readonly kafka: Kafka;
  /**
   * Destroys the sockets there are, or those to one broker (`host:port`, as it is advertised): requests fail with `why`, and
   * the instance connects again by itself. Idempotent.
   */
  cut(why: Error, broker?: string): void;
  /** The same, for good: no socket is opened any more. Idempotent. */
  destroy(why: Error): void;
  /**
   * Whether the last answer to who coordinates a group was that the user may not know. To the client there is just no
   * coordinator: see `explained` of errors.ts.
   */
  readonly groupForbidden: boolean;
}

/** What an instance is for. */
export interface ClientUse {
  /**
   * A request to join a group, or to leave it, is held back until this resolves; everything else passes meanwhile. It may be
   * called again before it has: when the connection is lost on which it was asked.
   */
  readonly beforeJoin?: BeforeJoin;
  /**
   * How often the client tries again to find a broker and to read metadata; producers, consumers and admins have limits of
   * their own besides. @default 3, or as many as there are brokers
   */
  readonly retries?: number;
  /** @default that of the settings */
  readonly requestTimeoutMs?: number;
  /** One partition without a leader fails no question any more: neither one about the whole cluster, nor one about several topics. */
  readonly forgivesLeaderless?: boolean;
}

export interface ClientOptions extends ClientUse {
  readonly settings: Settings;
  readonly runtime: Pick<AdapterRuntime, 'clock' | 'random'>;
  readonly log: ClientLog;
  /** `publishing`, `consuming ledger`: for logs. */
  readonly name: string;
  /** A connection has ended that should not have. */
  readonly lost?: (why: Error) => void;
  /** It was destroyed. */
  readonly ended?: () => void;
}

const usualRetries = 3;

export function createClient({
  settings,
  runtime,
  log,
  name,
  beforeJoin,
  lost,
  ended,
  forgivesLeaderless,
  ...use
}: ClientOptions): Client {
  const { brokers, login, clientId } = settings;
  const { retries = Math.max(usualRetries, brokers.length), requestTimeoutMs = settings.requestTimeoutMs } = use;
  let groupForbidden = false;
  const coordinator = readsCoordinator((forbidden) => {
    groupForbidden = forbidden;
  });
  const readers = new Map<number, ReadAnswer>([[apiKeys.findCoordinator, coordinator]]);
  if (forgivesLeaderless === true) readers.set(apiKeys.metadata, forgiveLeaderless);
  const sockets = createSockets({
    settings: { ...settings, requestTimeoutMs },
    clock: runtime.clock,
    readers,
    beforeJoin,
    lost,
  });
  // An instance asks the first one first, and the next ones only while it may retry.
  const first = Math.floor(runtime.random() * brokers.length);
  const kafka = new Kafka({
    clientId,
    // None is the one answer after which the client does not try again: it would keep a timer, and the process, for long.
    brokers: () => (sockets.ended ? [] : [...brokers.slice(first), ...brokers.slice(0, first)]),
    connectionTimeout: requestTimeoutMs,
    authenticationTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry: { retries, initialRetryTime: 100, maxRetryTime: 1_000 },
    socketFactory: sockets.open,
    logLevel: logLevel.WARN,
    logCreator: log.of(name, () => sockets.ended),
    ...(login === undefined ? {} : { sasl: saslOf(login) }),
  });
  return {
    kafka,
    cut: sockets.cut,
    destroy(why) {
      sockets.destroy(why);
      ended?.();
    },
    get groupForbidden() {
      return groupForbidden;
    },
  };
}

function saslOf(login: NonNullable<Settings['login']>): SASLOptions {
  return { ...login() };
}
