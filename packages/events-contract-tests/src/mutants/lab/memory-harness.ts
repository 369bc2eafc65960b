import { systemClock, type AdapterRuntime, type BrokerAdapter } from '@payments/events-core';
import { memory, memoryServer, type MemoryServer } from '@payments/events-memory';
import type { BrokerHarness, Lab, LabRequest } from '../../harness.ts';
import { systemTime } from '../../time/system-time.ts';
import { virtualTime } from '../../time/virtual-time.ts';
import { memoryFaults } from './memory-faults.ts';
import { memoryProbe } from './memory-probe.ts';

export interface MemoryHarnessOptions {
  readonly name?: string;
  readonly clock: 'virtual' | 'system';
  /** What stands between the clauses and the adapter: a mutant. @default nothing */
  readonly mutate?: (adapter: BrokerAdapter, server: MemoryServer) => BrokerAdapter;
}

const leaseMs = 2_000;
/** Small enough for P4 to fill, and only there. */
const fullAt = 60;
/** The memory broker has no passwords; this one is for the mutant that shows it. */
export const labPassword = 'hunter2-of-the-lab';
const noNetwork = 'the memory broker is reached without a network, so there is nothing to encrypt';

/** Each lab is a memory server of its own, its adapters are the processes that connect to it. */
export function memoryHarness(options: MemoryHarnessOptions): BrokerHarness {
  const { clock, name = 'memory', mutate = (adapter) => adapter } = options;
  return {
    name,
    capabilities: memory().capabilities,
    timings: { leaseMs, flowAgainMs: 10_000, promptMs: 5_000, newTypeMs: 1_000 },
    isolation: 'own',
    notClaimed: { Z2: noNetwork },
    open: (request) => Promise.resolve(openLab(request, clock, mutate)),
  };
}

function openLab(
  { clause }: LabRequest,
  clock: 'virtual' | 'system',
  mutate: NonNullable<MemoryHarnessOptions['mutate']>,
): Lab {
  const attempts: number[] = [];
  const server = watched(memoryServer({ clock, leaseMs, ...(clause === 'P4' ? { capacity: fullAt } : {}) }), attempts);
  /** What clauses hold, and what the server knows: a mutant stands between. */
  const genuine = new Map<BrokerAdapter, BrokerAdapter>();
  const { virtualClock } = server;
  const virtual =
    virtualClock === undefined
      ? undefined
      : virtualTime({
          now: () => virtualClock.now(),
          schedule: (delayMs, run) => virtualClock.schedule(delayMs, run),
          nextDue: () => virtualClock.nextDue(),
          step: () => virtualClock.runNext(),
        });

  function adapter(): BrokerAdapter {
    const made = memory({ server });
    const given = mutate(made, server);
    genuine.set(given, made);
    return given;
  }

  return {
    adapter,
    time: virtual ?? systemTime(),
    probe: memoryProbe(server, attempts),
    faults: memoryFaults(server, genuine, clause === 'P4'),
    secrets: [labPassword],
    program: { module: '@payments/events-memory', messaging: { broker_type: 'memory' } },
    adapterSplitByType: { notClaimed: 'the memory broker forms topics in one way only' },
    tlsClient: { notClaimed: noNetwork },
    async sendForeign(message) {
      const foreign = memory({ server });
      await foreign.connect(foreignRuntime(server), { signal: new AbortController().signal });
      const headers = {
        'x-death': 'once',
        'x-delivery-count': '999',
        'reply-to': 'nobody',
        priority: '9',
        ...message.headers,
      };
      await foreign.send({ ...message, headers }, { signal: new AbortController().signal });
      await foreign.close({ signal: AbortSignal.abort() });
    },
    async close() {
      virtual?.halt();
    },
  };
}

/** Notes when a client dials. */
function watched(server: MemoryServer, attempts: number[]): MemoryServer {
  return {
    ...server,
    dial(client) {
      attempts.push((server.virtualClock ?? systemClock).now());
      return server.dial(client);
    },
  };
}

/** The port of a process of its own, which uses the adapter without core. */
function foreignRuntime(server: MemoryServer): AdapterRuntime {
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  const clock = server.virtualClock ?? systemClock;
  return { instance: 'foreign', clock, random: Math.random, logger, notify: () => {}, busy: () => 0 };
}
