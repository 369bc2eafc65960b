import { describeEndpoints } from '../config/endpoints.ts';
import { fallbackGroup } from '../config/group-key.ts';
import { loadAdapter } from '../config/load-adapter.ts';
import { defaultGroupOf, startFromOf, type MessagingConfig } from '../config/messaging-config.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { BrokerAdapter } from '../contract/adapter.ts';
import { BrokerUnavailableError } from '../errors/broker-unavailable-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { declareGroups, type GroupDeclaration } from './declare-groups.ts';
import { measureBacklog } from './measure-backlog.ts';
import { measureHealth } from './measure-health.ts';
import { unlessAborted } from '../ports/unless-aborted.ts';
import type { Broker } from '../connection/broker.ts';
import {
  defaultDrainTimeoutMs,
  openConnection,
  own,
  type Connection,
  type ConnectionPorts,
} from '../connection/connection.ts';

export interface ConnectOptions extends ConnectionPorts {
  /** Groups that shall exist before anything is published. @default none */
  readonly groups?: readonly GroupDeclaration[];
  /** A folder of the application, in which the adapter package is looked up. @default the working directory, then the folder of the main script */
  readonly from?: string;
  /** Milliseconds to wait for a broker that is not up yet, 1–3,600,000. @default 30_000 */
  readonly connectTimeoutMs?: number;
  /** Gives up connecting. Has no effect afterwards. */
  readonly signal?: AbortSignal;
}

/**
 * Connects to the broker of a configuration, or of an adapter such as `memory()`, and declares `groups`. Resolves when
 * connected; from then on the connection restores itself. The caller closes what it gets.
 * @throws {ConfigurationError} when the adapter is not installed, does not fit, or a group cannot be declared as asked.
 * @throws {BrokerUnavailableError} when the broker did not answer within `connectTimeoutMs`.
 */
export async function connectBroker(
  source: MessagingConfig | BrokerAdapter,
  options: ConnectOptions = {},
): Promise<Broker> {
  const { connectTimeoutMs = 30_000, groups = [], signal } = options;
  if (!(connectTimeoutMs >= 1 && connectTimeoutMs <= 3_600_000)) {
    throw new ConfigurationError('connectTimeoutMs must be a number from 1 to 3600000.', 'connectTimeoutMs');
  }
  signal?.throwIfAborted();
  const { adapter, defaultGroup, startFrom, where } = await resolveSource(source, options.from);
  const connection = openConnection(adapter, options, { closedBy: 'owner', defaultGroup, startFrom });
  try {
    await readyWithin(connectTimeoutMs, { connection, where, signal }, () => declareGroups(adapter, groups, startFrom));
  } catch (error) {
    // What went wrong first is what the caller has to know.
    await connection.close(closeTimeoutMs).catch(() => {});
    throw error;
  }
  const broker = brokerOf(connection);
  own(broker, connection);
  return broker;
}

/** For an adapter that never connected: it has nothing to drain. */
const closeTimeoutMs = 1_000;

interface ResolvedSource {
  readonly adapter: BrokerAdapter;
  readonly defaultGroup: string;
  readonly startFrom: 'earliest' | 'latest';
  /** For people, without credentials. */
  readonly where: string;
}

async function resolveSource(
  source: MessagingConfig | BrokerAdapter,
  from: string | undefined,
): Promise<ResolvedSource> {
  if (typeof source === 'object' && source !== null && 'messaging' in source) {
    throw new ConfigurationError('This is the whole configuration: call connectBroker(config.messaging).', 'messaging');
  }
  if (typeof source === 'object' && source !== null && 'contractVersion' in source) {
    return { adapter: source, defaultGroup: fallbackGroup, startFrom: 'earliest', where: source.system };
  }
  // Again, because a caller may have written it by hand.
  const { messaging } = parseConfig({ messaging: source });
  return {
    adapter: await loadAdapter(messaging, from === undefined ? {} : { from }),
    defaultGroup: defaultGroupOf(messaging),
    startFrom: startFromOf(messaging),
    where:
      'url' in messaging ? `${messaging.broker_type} at ${describeEndpoints(messaging.url)}` : messaging.broker_type,
  };
}

/** One deadline for connecting and declaring: a broker may go away between the two. */
async function readyWithin(
  timeoutMs: number,
  {
    connection,
    where,
    signal,
  }: { readonly connection: Connection; readonly where: string; readonly signal: AbortSignal | undefined },
  declare: () => Promise<void>,
): Promise<void> {
  const late = new AbortController();
  const notReady = (why = '') =>
    new BrokerUnavailableError(
      `${where} was not ready within ${timeoutMs} ms.${why} Check that it runs and can be reached from here; connectTimeoutMs is how long to wait.`,
    );
  const cancel = connection.runtime.clock.schedule(timeoutMs, () => late.abort(notReady()));
  const givenUp = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]);
  try {
    await connection.ready(givenUp);
    await unlessAborted(declare(), givenUp);
    givenUp.throwIfAborted();
  } catch (error) {
    if (error !== late.signal.reason) throw error;
    // What the adapter has met so far: a refused port, a name that does not resolve.
    const { problems } = await measureHealth(connection.adapter);
    const met = problems.filter(({ code }) => !code.startsWith('health-'));
    throw notReady(met.map(({ message }) => ` ${message}`).join(''));
  } finally {
    cancel();
  }
}

function brokerOf(connection: Connection): Broker {
  const { adapter, defaultGroup, startFrom } = connection;
  const close: Broker['close'] = ({ drainTimeoutMs = defaultDrainTimeoutMs } = {}) => connection.close(drainTimeoutMs);
  return {
    adapter,
    defaultGroup,
    startFrom,
    health: () => measureHealth(adapter),
    backlog: (group = defaultGroup) => measureBacklog(adapter, group),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
