/** A network that misbehaves on request: a TCP proxy between one client and one server, in test code. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Link } from '@payments/events-contract-tests';
import type { Conditions } from './one-way.ts';
import {
  proxiedConnection,
  type ProxiedConnection,
  type Sieve,
  type Silence,
  type Target,
} from './proxied-connection.ts';

/** All of `Link`; there is nothing a TCP proxy cannot do. */
export interface TcpProxy extends Required<Link> {
  readonly port: number;
  rate(bytesPerSecond: number): Promise<void>;
  oneByteSlices(): Promise<void>;
  cutAfter(bytes: number): Promise<void>;
  /** The process at the client's end stands still: nothing is read from either side, and nothing is lost. */
  hold(): Promise<void>;
  /** Connections that are open now. */
  readonly open: number;
  /** When clients tried to connect, on the clock of `Date.now`; oldest first. */
  readonly attempts: readonly number[];
  /** What the first client that spoke said first. */
  readonly firstBytes: Uint8Array;
  /** Resets what is open and accepts nothing any more, for good. May be called twice. */
  close(): Promise<void>;
}

export interface TcpProxyOptions {
  readonly target: Target;
  /** Makes a sieve for the replies of each connection, which sees them from their first byte. */
  readonly sieve?: (connection: SievedConnection) => Sieve;
}

export interface SievedConnection {
  reset(): void;
  /** From now on hears each chunk of requests as it comes, before it is passed on. */
  onRequest(listener: (chunk: Buffer) => void): void;
}

const mostFirstBytes = 16;

/** Listens on a free port of this machine. */
export async function openTcpProxy({ target, sieve }: TcpProxyOptions): Promise<TcpProxy> {
  const conditions: Conditions = { latencyMs: 0, bytesPerSecond: undefined, oneByteSlices: false };
  const connections = new Set<ProxiedConnection>();
  /** Came while nothing arrives: as if their first packet were sent again and again until it does. */
  const knocking = new Set<Socket>();
  const attempts: number[] = [];
  let firstBytes: Uint8Array = new Uint8Array();
  let state: Silence | 'flows' | 'held' | 'refused' = 'flows';
  let cutAfter: number | undefined;

  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
    attempts.push(Date.now());
    client.on('error', () => {});
    if (state === 'refused') client.resetAndDestroy();
    else if (state === 'flows') carry(client);
    else {
      knocking.add(client);
      client.once('close', () => knocking.delete(client));
    }
  });

  function carry(client: Socket): void {
    if (client.destroyed) return;
    if (firstBytes.length === 0) {
      client.once('data', (bytes: Buffer) => {
        if (firstBytes.length === 0) firstBytes = bytes.subarray(0, mostFirstBytes);
      });
    }
    let onRequest: (chunk: Buffer) => void = () => {};
    const handle: SievedConnection = {
      reset: () => connection.reset(),
      onRequest: (listener) => void (onRequest = listener),
    };
    const connection = proxiedConnection({
      client,
      target,
      conditions,
      onRequest: (chunk) => onRequest(chunk),
      onClosed: () => connections.delete(connection),
      ...(sieve === undefined ? {} : { sieve: sieve(handle) }),
    });
    connections.add(connection);
    connection.cutAfter(cutAfter);
    client.resume();
  }

  function onEach(next: typeof state, action: (connection: ProxiedConnection) => void): void {
    state = next;
    for (const connection of connections) action(connection);
  }

  function resetAll(next: typeof state): void {
    onEach(next, (connection) => connection.reset());
    for (const client of knocking) client.resetAndDestroy();
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    port,
    attempts,
    get open() {
      return connections.size;
    },
    get firstBytes() {
      return firstBytes;
    },
    async latency(ms) {
      conditions.latencyMs = ms;
    },
    async rate(bytesPerSecond) {
      conditions.bytesPerSecond = bytesPerSecond;
    },
    async oneByteSlices() {
      conditions.oneByteSlices = true;
    },
    async cutAfter(bytes) {
      cutAfter = bytes;
      for (const connection of connections) connection.cutAfter(bytes);
    },
    async silence(direction) {
      onEach(direction, (connection) => connection.silence(direction));
    },
    async hold() {
      onEach('held', (connection) => connection.hold());
    },
    async reset() {
      resetAll(state);
    },
    async refuse() {
      resetAll('refused');
    },
    async heal() {
      conditions.latencyMs = 0;
      conditions.bytesPerSecond = undefined;
      conditions.oneByteSlices = false;
      cutAfter = undefined;
      onEach('flows', (connection) => {
        connection.cutAfter(undefined);
        connection.heal();
      });
      for (const client of knocking) {
        knocking.delete(client);
        carry(client);
      }
    },
    async close() {
      resetAll('refused');
      if (!server.listening) return;
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
