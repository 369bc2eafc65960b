import {
  BrokerUnavailableError,
  ClosedError,
  wait,
  type AdapterRuntime,
  type BrokerAdapter,
} from '@payments/events-core';
import { answerWithin } from './answer.ts';
import { backoffMs } from './backoff.ts';
import { dial, type Live } from './dial.ts';
import { toEventsError } from './errors.ts';
import { keepLease, type Lease } from './lease.ts';
import type { Client } from './server/client.ts';
import type { MemoryServer } from './server/server.ts';
import type { Session } from './server/session.ts';
import type { WireMessage } from './server/stored-message.ts';
import { WireClosed, type Wire } from './server/wire.ts';

interface LiveListener {
  /** Connected: called before anything else is said on the new connection. */
  found(live: Live): void;
  /** The connection is gone, and with it the right to settle. */
  lost(): void;
}

/** Keeps one adapter connected. */
export interface Connection {
  /** @throws {ClosedError} before `connect`. */
  readonly runtime: AdapterRuntime;
  /** The connection there is now, if any. */
  readonly live: Live | undefined;
  readonly closed: boolean;
  /** The process was killed: nothing of it runs again. */
  readonly dead: boolean;
  connect(runtime: AdapterRuntime, signal: AbortSignal): Promise<void>;
  /** Runs at once when connected, otherwise with the next connection, in call order. The returned function takes it back. */
  whenLive(run: (live: Live) => void): () => void;
  /** Tells of each connection, the present one included. The returned function ends that. */
  eachLive(listener: LiveListener): () => void;
  /**
   * Asks on the given connection, or on the one there is now.
   * @throws {BrokerUnavailableError} when there is none, or it is lost before the answer.
   * @throws {ClosedError} after `close`.
   */
  ask<T>(question: (session: Session) => T, on?: Live): Promise<T>;
  /** What the server answers on this connection; without an answer in time the connection is given up. */
  answered<T>(on: Live, question: () => T): Promise<T>;
  /** Asks until there is an answer, over as many connections as it takes. @throws {ClosedError} after `close`. */
  insist<T>(question: (session: Session) => T): Promise<T>;
  /** An answer came: proof that things move. */
  progressed(): void;
  /** When the last answer came, in milliseconds since the Unix epoch. */
  readonly lastProgressAt: number | undefined;
  /** Idempotent. */
  close(): void;
}

export interface ConnectionOptions {
  readonly server: MemoryServer;
  readonly adapter: BrokerAdapter;
  readonly accepted: (message: WireMessage) => void;
}

export function createConnection({ server, adapter, accepted }: ConnectionOptions): Connection {
  const { leaseMs } = server.settings;
  const listeners = new Set<LiveListener>();
  const waiters = new Set<(live: Live) => void>();
  const ending = new AbortController();
  let runtime: AdapterRuntime | undefined;
  let connecting: Promise<void> | undefined;
  let live: Live | undefined;
  let lease: Lease | undefined;
  let wasLost = false;
  let dead = false;
  let lastProgressAt: number | undefined;

  const client: Client = {
    adapter,
    accepted,
    get runtime() {
      return needRuntime();
    },
    dropped: lose,
    thawed: () => lease?.beat(),
    died() {
      dead = true;
      close();
    },
  };

  function needRuntime(): AdapterRuntime {
    if (runtime === undefined) throw new ClosedError('The memory broker is not connected: call connect() first.');
    return runtime;
  }

  function progressed(): void {
    lastProgressAt = needRuntime().clock.now();
  }

  async function keepDialling(signal: AbortSignal): Promise<void> {
    const { clock, random } = needRuntime();
    for (let failures = 0; !signal.aborted; failures += 1) {
      const next = await dial({ server, client, clock, withinMs: leaseMs / 3, signal });
      // A moment has passed since the answer.
      if (next?.wire.open === true && !signal.aborted) return establish(next);
      next?.wire.hangUp();
      await wait(clock, backoffMs(failures, random), signal);
    }
  }

  /** Never at once: all that lost a connection to the same broker would be back in the same moment. */
  async function reconnect(): Promise<void> {
    const { clock, random } = needRuntime();
    await wait(clock, backoffMs(0, random), ending.signal);
    await keepDialling(ending.signal);
  }

  function establish(next: Live): void {
    const { clock, notify } = needRuntime();
    live = next;
    lease = keepLease({ ...next, clock, leaseMs, progressed, expired: () => lose(next.wire) });
    progressed();
    if (wasLost) notify({ kind: 'connection', state: 'found' });
    for (const listener of listeners) listener.found(next);
    for (const run of waiters) {
      waiters.delete(run);
      run(next);
    }
  }

  function lose(wire: Wire): void {
    if (live?.wire !== wire) return wire.hangUp();
    live = undefined;
    wasLost = true;
    lease?.stop();
    for (const listener of listeners) listener.lost();
    wire.hangUp();
    needRuntime().notify({ kind: 'connection', state: 'lost' });
    void reconnect();
  }

  async function start(signal: AbortSignal): Promise<void> {
    await keepDialling(AbortSignal.any([signal, ending.signal]));
    if (live !== undefined || wasLost) return;
    throw ending.signal.aborted ? ending.signal.reason : signal.reason;
  }

  async function ask<T>(question: (session: Session) => T, on = live): Promise<T> {
    ending.signal.throwIfAborted();
    if (on === undefined) throw new BrokerUnavailableError('There is no connection to the memory broker.');
    const { session, wire } = on;
    try {
      return wire.clear ? question(session) : await answered(on, () => question(session));
    } catch (error) {
      throw toEventsError(error);
    }
  }

  const answered = <T>({ wire }: Live, question: () => T): Promise<T> =>
    answerWithin(leaseMs / 3, { clock: needRuntime().clock, wire, question, late: () => lose(wire) });

  function whenLive(run: (live: Live) => void): () => void {
    if (live === undefined) waiters.add(run);
    else run(live);
    return () => void waiters.delete(run);
  }

  async function nextLive(): Promise<Live> {
    ending.signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Live>();
    const forget = whenLive(resolve);
    const onEnd = () => {
      forget();
      reject(ending.signal.reason);
    };
    ending.signal.addEventListener('abort', onEnd, { once: true });
    try {
      return await promise;
    } finally {
      ending.signal.removeEventListener('abort', onEnd);
    }
  }

  async function insist<T>(question: (session: Session) => T): Promise<T> {
    for (;;) {
      const on = await nextLive();
      try {
        return await ask(question, on);
      } catch (error) {
        const connectionEnded = BrokerUnavailableError.isInstance(error) && error.cause instanceof WireClosed;
        if (!connectionEnded) throw error;
      }
    }
  }

  function close(): void {
    if (ending.signal.aborted) return;
    ending.abort(new ClosedError('The memory broker was closed.'));
    lease?.stop();
    const wire = live?.wire;
    live = undefined;
    if (!dead) wire?.hangUp();
    waiters.clear();
    server.detach(client);
  }

  return {
    get runtime() {
      return needRuntime();
    },
    get live() {
      return live;
    },
    get closed() {
      return ending.signal.aborted;
    },
    get dead() {
      return dead;
    },
    progressed,
    get lastProgressAt() {
      return lastProgressAt;
    },
    async connect(given, signal) {
      if (connecting === undefined) {
        runtime = given;
        server.attach(client);
        connecting = start(signal);
        connecting.catch(() => {
          connecting = undefined;
          server.detach(client);
        });
      }
      await connecting;
    },
    whenLive,
    eachLive(listener) {
      listeners.add(listener);
      if (live !== undefined) listener.found(live);
      return () => void listeners.delete(listener);
    },
    ask,
    answered,
    insist,
    close,
  };
}
