import type { BrokerAdapter } from '@payments/events-core';
import type { MemoryServer } from '@payments/events-memory';
import type { ClauseId } from '../clause-ids.ts';

/** A memory adapter with one thing wrong. The suite is worth something only if it notices. */
export interface Mutant {
  /** What it does wrong: `acks before the handler`. */
  readonly name: string;
  /** The clause whose verdict must be against it. */
  readonly killedBy: ClauseId;
  /** Called for each adapter of a lab; they share the server. */
  mutate(adapter: BrokerAdapter, server: MemoryServer): BrokerAdapter;
}

/** The adapter with some of its methods replaced. */
export function patched(adapter: BrokerAdapter, changes: Partial<BrokerAdapter>): BrokerAdapter {
  return {
    contractVersion: adapter.contractVersion,
    system: adapter.system,
    capabilities: adapter.capabilities,
    ...(adapter.clock === undefined ? {} : { clock: adapter.clock }),
    connect: (runtime, options) => adapter.connect(runtime, options),
    maxMessageBytes: () => adapter.maxMessageBytes(),
    declareGroup: (spec) => adapter.declareGroup(spec),
    send: (message, options) => adapter.send(message, options),
    subscribe: (spec, deliver) => adapter.subscribe(spec, deliver),
    deadLetters: (group) => adapter.deadLetters(group),
    backlog: (group) => adapter.backlog(group),
    health: () => adapter.health(),
    close: (options) => adapter.close(options),
    ...changes,
  };
}

/** What all adapters of one server have in common. */
export function perServer<T>(create: () => T): (server: MemoryServer) => T {
  const known = new WeakMap<MemoryServer, T>();
  return (server) => {
    const shared = known.get(server) ?? create();
    known.set(server, shared);
    return shared;
  };
}

/** Resolves after so long on the lab's clock. */
export function after(server: MemoryServer, ms: number): Promise<void> {
  const { virtualClock } = server;
  if (virtualClock === undefined) throw new Error('mutants run on virtual time');
  return new Promise((resolve) => void virtualClock.schedule(ms, resolve));
}
