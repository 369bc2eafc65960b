import { randomUUID } from 'node:crypto';
import type { BrokerAdapter } from '../contract/adapter.ts';
import type { AdapterNotice, AdapterRuntime, Clock, Logger } from '../contract/runtime.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { systemClock } from '../ports/system-clock.ts';
import { unfailing } from '../ports/unfailing-logger.ts';
import { warningLogger } from '../ports/warning-logger.ts';
import type { Broker } from './broker.ts';

/** Ports a connection lends to everything on it. */
export interface Ports {
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

/** One adapter, connected once for all that borrow it. */
export interface Connection {
  readonly adapter: BrokerAdapter;
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
  onNotice(listen: (notice: AdapterNotice) => void): () => void;
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
    return connections.get(source) ?? openConnection(source, {}, 'borrowers');
  }
  const connection = isObject ? owned.get(source) : undefined;
  if (connection === undefined) {
    throw new ConfigurationError(
      'broker must be what connectBroker() returned, or an adapter such as memory(). If it is, two copies of @payments/events-core are installed: run your package manager’s dedupe.',
      'broker',
    );
  }
  return connection;
}

/** @throws {ConfigurationError} when the adapter speaks another version of the contract, or is connected already. */
export function openConnection(adapter: BrokerAdapter, ports: Ports, closedBy: 'owner' | 'borrowers'): Connection {
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
  const listeners = new Set<(notice: AdapterNotice) => void>();
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
    notify(notice) {
      report(logger, adapter.system, notice);
      for (const listen of listeners) listen(notice);
    },
  };

  async function shutDown(drainTimeoutMs: number): Promise<void> {
    connecting.abort(new ClosedError('The broker was closed.'));
    // Consumers first: their handlers may publish while they drain.
    for (const kind of ['consumer', 'operator', 'publisher'] as const) {
      await Promise.allSettled(
        [...borrowers].filter((one) => one.kind === kind).map((one) => one.close({ drainTimeoutMs })),
      );
    }
    connections.delete(adapter);
    const deadline = new AbortController();
    const cancel = runtime.clock.schedule(drainTimeoutMs, () => deadline.abort());
    try {
      await adapter.close({ signal: deadline.signal });
    } finally {
      cancel();
    }
  }

  const connection: Connection = {
    adapter,
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
      if (closedBy === 'borrowers' && borrowers.size === 0 && closing === undefined) await connection.close(30_000);
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
    onNotice(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
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
      { system, group: notice.group, settlement: notice.settlement, err: notice.error },
      `${system}: a settlement waits to be applied`,
    );
  } else logger.error({ system, group: notice.group }, `${system}: ${notice.message}`);
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
