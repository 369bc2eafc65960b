import { randomUUID } from 'node:crypto';
import type { BrokerAdapter } from '../contract/adapter.ts';
import type { AdapterNotice, AdapterRuntime, Clock, Logger } from '../contract/runtime.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { describeError } from '../errors/describe-error.ts';
import { redact } from '../errors/redact.ts';
import { fallbackGroup } from '../config/group-key.ts';
import { systemClock } from '../ports/system-clock.ts';
import { unfailing } from '../ports/unfailing-logger.ts';
import { warningLogger } from '../ports/warning-logger.ts';
import { withinGrace } from '../ports/within-grace.ts';
import type { Broker } from './broker.ts';

/** What consumers get to finish in where nobody says otherwise. */
export const defaultDrainTimeoutMs = 30_000;

/** What an adapter has to close in after it was told to close at once. */
const closeGraceMs = 1_000;

/** What a connection lends to everything on it. */
export interface ConnectionPorts {
  /** @default the system's clock, or the adapter's own where it simulates time */
  readonly clock?: Clock;
  /** Uniform in [0, 1). @default Math.random */
  readonly random?: () => number;
  /** @default one line on stderr for each warning or error */
  readonly logger?: Logger;
}

/** A publisher or a consumer on a connection. */
export interface Borrower {
  readonly kind: 'consumer' | 'publisher' | 'operator';
  close(options: { readonly drainTimeoutMs: number }): Promise<unknown>;
}

/** How a connection came about. */
export interface ConnectionTerms {
  /** `owner`: by whoever connected. `borrowers`: by the last of them. */
  readonly closedBy: 'owner' | 'borrowers';
  /** @default 'payment-service' */
  readonly defaultGroup?: string;
  /** @default 'earliest' */
  readonly startFrom?: 'earliest' | 'latest';
}

/** One adapter, connected once for all that borrow it. */
export interface Connection {
  readonly adapter: BrokerAdapter;
  /** The group of consumers and operators that name none. */
  readonly defaultGroup: string;
  /** Where a group that does not exist yet begins. */
  readonly startFrom: 'earliest' | 'latest';
  readonly runtime: AdapterRuntime;
  /** Resolves when connected. The first call connects; each call waits until its own signal aborts. */
  ready(signal: AbortSignal): Promise<void>;
  /** @throws {ClosedError} when the broker was closed. */
  borrow(borrower: Borrower): void;
  /** Gives it back. The last borrower of a bare adapter closes it. */
  giveBack(borrower: Borrower): Promise<void>;
  /** @throws {ConfigurationError} when this process consumes the group already. */
  claimGroup(group: string): void;
  releaseGroup(group: string): void;
  /** Counts work in progress for `AdapterRuntime.busy`. */
  working(change: 1 | -1): void;
  close(drainTimeoutMs: number): Promise<void>;
}

/** An adapter is shared by everything in the process that was given it: one connection each, found again here. */
const connections = new WeakMap<BrokerAdapter, Connection>();
const owned = new WeakMap<Broker, Connection>();

export function own(broker: Broker, connection: Connection): void {
  owned.set(broker, connection);
}

/**
 * The connection of a broker, or of a bare adapter that is connected at first use and closed by its last borrower.
 * @throws {ConfigurationError} for anything else.
 */
export function connectionOf(source: Broker | BrokerAdapter): Connection {
  const isObject = typeof source === 'object' && source !== null;
  if (isObject && 'contractVersion' in source) {
    return connections.get(source) ?? openConnection(source, {}, { closedBy: 'borrowers' });
  }
  const connection = isObject ? owned.get(source) : undefined;
  if (isObject && 'then' in source) {
    throw new ConfigurationError('broker is a promise: await connectBroker() first.', 'broker');
  }
  if (connection === undefined) {
    throw new ConfigurationError(
      'broker must be what connectBroker() returned, or an adapter such as memory(). If it is, two copies of @payments/events-core are installed: run your package manager’s dedupe.',
      'broker',
    );
  }
  return connection;
}

/** @throws {ConfigurationError} when the adapter speaks another version of the contract, or is connected already. */
export function openConnection(
  adapter: BrokerAdapter,
  ports: ConnectionPorts,
  { closedBy, defaultGroup = fallbackGroup, startFrom = 'earliest' }: ConnectionTerms,
): Connection {
  if (adapter.contractVersion !== 1) {
    throw new ConfigurationError(
      `The ${adapter.system} adapter speaks contract version ${String(adapter.contractVersion)}, this core speaks version 1. Install matching versions of @payments/events-core and the adapter.`,
      'broker',
    );
  }
  if (connections.has(adapter)) {
    throw new ConfigurationError(
      'This adapter is in use already. Share the broker that connectBroker() returned instead.',
      'broker',
    );
  }
  const logger = unfailing(ports.logger ?? warningLogger);
  const borrowers = new Set<Borrower>();
  const groups = new Set<string>();
  let busy = 0;
  let connected: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  const connecting = new AbortController();

  const runtime: AdapterRuntime = {
    instance: randomUUID(),
    clock: adapter.clock ?? ports.clock ?? systemClock,
    random: ports.random ?? Math.random,
    logger,
    busy: () => busy,
    notify: (notice) => report(logger, adapter.system, notice),
  };

  /** One that cannot be closed must not keep the others, and the adapter, from being closed. */
  async function closeBorrower(borrower: Borrower, drainTimeoutMs: number): Promise<void> {
    try {
      await borrower.close({ drainTimeoutMs });
    } catch (error) {
      logger.error(
        { system: adapter.system, err: describeError(error) },
        `${adapter.system}: a ${borrower.kind} could not be closed cleanly`,
      );
    }
  }

  async function shutDown(drainTimeoutMs: number): Promise<void> {
    connecting.abort(new ClosedError('The broker was closed.'));
    // Consumers first: their handlers may publish while they drain.
    for (const kind of ['consumer', 'operator', 'publisher'] as const) {
      await Promise.all(
        [...borrowers].filter((one) => one.kind === kind).map((one) => closeBorrower(one, drainTimeoutMs)),
      );
    }
    connections.delete(adapter);
    const deadline = new AbortController();
    const cancel = runtime.clock.schedule(drainTimeoutMs, () => deadline.abort());
    try {
      const { signal } = deadline;
      const closed = await withinGrace(adapter.close({ signal }), {
        signal,
        clock: runtime.clock,
        graceMs: closeGraceMs,
      });
      if (closed === 'late') {
        logger.error(
          { system: adapter.system },
          `${adapter.system}: did not close within ${drainTimeoutMs + closeGraceMs} ms; what it still holds ends with the process`,
        );
      }
    } finally {
      cancel();
    }
  }

  const connection: Connection = {
    adapter,
    defaultGroup,
    startFrom,
    runtime,
    ready(signal) {
      if (closing !== undefined) return Promise.reject(new ClosedError('The broker was closed.'));
      if (connected === undefined) {
        connected = adapter.connect(runtime, { signal: connecting.signal });
        // A refused connect is tried again by the next call; each caller sees its own rejection.
        connected.catch(() => {
          connected = undefined;
        });
      }
      return untilAborted(connected, signal);
    },
    borrow(borrower) {
      if (closing !== undefined) throw new ClosedError('The broker was closed.');
      connections.set(adapter, connection);
      borrowers.add(borrower);
    },
    async giveBack(borrower) {
      if (!borrowers.delete(borrower)) return;
      if (closedBy === 'borrowers' && borrowers.size === 0 && closing === undefined)
        await connection.close(defaultDrainTimeoutMs);
    },
    claimGroup(group) {
      if (groups.has(group)) {
        throw new ConfigurationError(
          `This process consumes group "${group}" already. Register all handlers of a group on one consumer, or name another group.`,
          'group',
        );
      }
      groups.add(group);
    },
    releaseGroup: (group) => void groups.delete(group),
    working(change) {
      busy += change;
    },
    close: (drainTimeoutMs) => (closing ??= shutDown(drainTimeoutMs)),
  };
  // One opened for borrowers counts from its first: who failed to make a consumer must not keep the adapter.
  if (closedBy === 'owner') connections.set(adapter, connection);
  return connection;
}

function report(logger: Logger, system: string, notice: AdapterNotice): void {
  if (notice.kind === 'connection')
    logger.warn({ system, state: notice.state }, `${system}: connection ${notice.state}`);
  else if (notice.kind === 'settlement-delayed') {
    logger.warn(
      { system, group: notice.group, settlement: notice.settlement, err: describeError(notice.error) },
      `${system}: a settlement waits to be applied`,
    );
  } else logger.error({ system, group: notice.group }, `${system}: ${redact(notice.message)}`);
}

async function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
