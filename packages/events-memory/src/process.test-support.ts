import { randomUUID } from 'node:crypto';
import {
  systemClock,
  type AdapterNotice,
  type AdapterRuntime,
  type AdapterSubscription,
  type Delivery,
  type OutgoingMessage,
  type SendReceipt,
  type Settlement,
  type SubscriptionSpec,
} from '@payments/events-core';
import { memory, type MemoryBroker } from './adapter.ts';
import type { MemoryServer } from './server/server.ts';

/** One process with an adapter, and a hand-written `deliver` in the place of core. For this package's tests. */
export interface Process {
  readonly broker: MemoryBroker;
  readonly notices: AdapterNotice[];
  readonly runtime: AdapterRuntime;
  send(id: string, message?: Partial<OutgoingMessage>, signal?: AbortSignal): Promise<SendReceipt>;
  subscribe(handle: Handle, spec?: Partial<SubscriptionSpec>): Promise<AdapterSubscription>;
}

type Handle = (delivery: Delivery) => Settlement | Promise<Settlement>;

export const ack: Settlement = { kind: 'ack' };
export const release: Settlement = { kind: 'release' };
export const retryAfter = (delayMs: number, state = {}): Settlement => ({ kind: 'retry', delayMs, state });
export const die = (reason = 'hopeless', state = {}): Settlement => ({ kind: 'deadLetter', reason, state });
export const never = new AbortController().signal;
export const now = AbortSignal.abort();

export const ledger: SubscriptionSpec = {
  group: 'ledger',
  patterns: ['#'],
  types: [],
  ordering: 'none',
  retryDelaysMs: [],
  startFrom: 'earliest',
  maxInFlight: 10,
};

export function createProcess(broker: MemoryBroker, random: () => number = () => 0.5): Process {
  const notices: AdapterNotice[] = [];
  let busy = 0;
  const runtime: AdapterRuntime = {
    instance: randomUUID(),
    clock: broker.clock ?? systemClock,
    random,
    logger: { info: () => {}, warn: () => {}, error: () => {} },
    notify: (notice) => void notices.push(notice),
    busy: () => busy,
  };
  return {
    broker,
    notices,
    runtime,
    send: (id, message = {}, signal = never) =>
      broker.send(
        { id, type: 'payment.transaction.succeeded', headers: {}, body: new TextEncoder().encode(id), ...message },
        { signal },
      ),
    subscribe: (handle, spec = {}) =>
      broker.subscribe({ ...ledger, ...spec }, async (delivery) => {
        busy += 1;
        try {
          return await handle(delivery);
        } finally {
          busy -= 1;
        }
      }),
  };
}

export async function startProcess(server: MemoryServer): Promise<Process> {
  const process = createProcess(memory({ server }));
  await process.broker.connect(process.runtime, { signal: never });
  return process;
}

export function startProcesses(server: MemoryServer, count: number): Promise<Process[]> {
  return Promise.all(Array.from({ length: count }, () => startProcess(server)));
}

/** `m1`, `m2` and so on. */
export async function sendMany(process: Process, count: number, first = 1): Promise<void> {
  for (let index = first; index < first + count; index += 1) await process.send(`m${index}`);
}

/** A place where handlers wait until the test decides. */
export interface Desk {
  readonly handle: Handle;
  /** All that came, in order. */
  readonly came: Delivery[];
  /** Those that wait for an answer. */
  readonly waiting: readonly string[];
  answer(id: string, settlement: Settlement): void;
  answerAll(settlement: Settlement): void;
}

export function createDesk(): Desk {
  const came: Delivery[] = [];
  const open = new Map<string, (settlement: Settlement) => void>();
  return {
    came,
    handle(delivery) {
      came.push(delivery);
      return new Promise((resolve) => open.set(idOf(delivery), resolve));
    },
    get waiting() {
      return [...open.keys()];
    },
    answer(id, settlement) {
      open.get(id)?.(settlement);
      open.delete(id);
    },
    answerAll(settlement) {
      for (const resolve of open.values()) resolve(settlement);
      open.clear();
    },
  };
}

export const idOf = ({ message }: Pick<Delivery, 'message'>): string => message.id ?? '';
export const idsOf = (deliveries: readonly Delivery[]): readonly string[] => deliveries.map(idOf);

/** Polls, a turn of the event loop at a time, until it holds. */
export async function until(holds: () => boolean, what: string, deadlineMs = 2_000): Promise<void> {
  const start = performance.now();
  while (!holds()) {
    if (performance.now() - start > deadlineMs) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await turn();
  }
}

/** Lets everything that needs no time happen. */
export async function turns(count = 10): Promise<void> {
  for (let index = 0; index < count; index += 1) await turn();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
