import { systemClock, type BrokerAdapter, type Clock } from '@payments/events-core';
import type { Client } from './client.ts';
import { createDeduplication } from './deduplication.ts';
import { createFaults, type MemoryFaults } from './faults.ts';
import { createIdleness, type IdleOptions } from './idleness.ts';
import { inspect, type ServerReport } from './inspection.ts';
import { createLink, type Link } from './link.ts';
import { createPump } from './pump.ts';
import { Refusal } from './refusal.ts';
import { createServerConditions } from './server-conditions.ts';
import {
  deduplicationWindowMs,
  resolveServerOptions,
  type MemoryServerOptions,
  type ServerSettings,
} from './server-options.ts';
import type { ServerState } from './server-state.ts';
import { openSession, type OpenSession, type Session } from './session.ts';
import { createStorage } from './storage.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { createWire, type Wire } from './wire.ts';

/** The broker's process: several adapters, each a process of its own, may connect to one. Keeps what it stores until it is forgotten. */
export interface MemoryServer {
  readonly settings: ServerSettings;
  /** Present when time is simulated. */
  readonly virtualClock: VirtualClock | undefined;
  readonly faults: MemoryFaults;
  /** What is stored, past every fault: for tests that judge the adapter. */
  inspect(): ServerReport;
  /** @see MemoryBroker.idle */
  idle(options?: IdleOptions): Promise<void>;
  /** @see MemoryBroker.advance */
  advance(ms: number, options?: AdvanceOptions): Promise<void>;
  /** A process comes: it may dial, and its work counts when `idle` looks for work. */
  attach(client: Client): void;
  /** A process has gone. */
  detach(client: Client): void;
  /** @throws {Refusal} when no connection can be made. */
  dial(client: Client): Wire;
  /** The first thing said on a new wire. */
  open(client: Client, wire: Wire): Session;
}

interface Connected {
  readonly client: Client;
  opened: OpenSession | undefined;
}

export interface AdvanceOptions {
  /** Milliseconds of real time that a running handler gets to finish before the time moves on without it. @default 10 */
  readonly patienceMs?: number;
}

/** @throws {ConfigurationError} for an option outside its range. */
export function memoryServer(options: MemoryServerOptions = {}): MemoryServer {
  const settings = resolveServerOptions(options);
  const virtualClock = settings.clock === 'virtual' ? createVirtualClock() : undefined;
  let borrowedClock = systemClock;
  // Without a time of its own the server lives in that of the first process that comes.
  const clock: Clock = virtualClock ?? {
    now: () => borrowedClock.now(),
    elapsed: () => borrowedClock.elapsed(),
    schedule: (delayMs, run) => borrowedClock.schedule(delayMs, run),
  };
  const conditions = createServerConditions();
  const pump = createPump(() => conditions.running && !conditions.paused);
  const storage = createStorage({ clock, historyPerTopic: settings.history, wake: pump.wake });
  const state: ServerState = {
    clock,
    storage,
    conditions,
    deduplication: createDeduplication(deduplicationWindowMs),
    capacity: settings.capacity,
    leaseMs: settings.leaseMs,
    activity: 0,
  };
  const clients = new Set<Client>();
  const links = new WeakMap<BrokerAdapter, Link>();
  const wires = new Map<Wire, Connected>();
  let sessions = 0;

  function linkOf(adapter: BrokerAdapter): Link {
    let link = links.get(adapter);
    if (link === undefined) {
      link = createLink();
      links.set(adapter, link);
    }
    return link;
  }

  /** Nobody connected: no timers. */
  function countSessions(change: 1 | -1): void {
    sessions += change;
    for (const { retries } of storage.groups.values()) {
      if (sessions === 0) retries.suspend();
      else if (sessions === 1 && change === 1) retries.resume();
    }
  }

  function ended(wire: Wire): void {
    const connected = wires.get(wire);
    if (connected?.opened === undefined) return;
    connected.opened.end();
    connected.opened = undefined;
    countSessions(-1);
  }

  const idleness = createIdleness({ state, clients, virtualClock });

  return {
    settings,
    virtualClock,
    faults: createFaults({ state, pump, linkOf, clients, wires }),
    inspect() {
      const open = [...wires.values()].filter(({ opened }) => opened !== undefined);
      return inspect(
        state,
        open.map(({ client }) => client.runtime.instance),
      );
    },
    idle: idleness.idle,
    advance: idleness.advance,
    attach(client) {
      if (virtualClock === undefined && clients.size === 0) borrowedClock = client.runtime.clock;
      clients.add(client);
    },
    detach: (client) => void clients.delete(client),
    dial(client) {
      const link = linkOf(client.adapter);
      if (!conditions.running || link.refusing || link.dead) {
        throw new Refusal('connection-refused', 'The memory broker refuses connections.', { retryable: true });
      }
      const wire = createWire(link, conditions, {
        clock,
        dropped: client.dropped,
        ended,
        forgotten: (gone) => void wires.delete(gone),
      });
      wires.set(wire, { client, opened: undefined });
      return wire;
    },
    open(client, wire) {
      const opened = openSession(state, { wire, expire: () => wire.reset(), accepted: client.accepted });
      wires.set(wire, { client, opened });
      countSessions(1);
      return opened.session;
    },
  };
}
