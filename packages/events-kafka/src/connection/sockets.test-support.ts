import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Clock } from '@payments/events-core';
import { createSockets, type SocketsOptions } from './sockets.ts';

/** Time that stands still until it is told to pass. */
export function steppedClock(): Clock & { pass(ms: number): void } {
  let now = 0;
  const due = new Set<{ readonly at: number; run(): void }>();
  return {
    now: () => now,
    elapsed: () => now,
    schedule(delayMs, run) {
      const one = { at: now + delayMs, run };
      due.add(one);
      return () => due.delete(one);
    },
    pass(ms) {
      now += ms;
      for (const one of Array.from(due)) if (one.at <= now && due.delete(one)) one.run();
    },
  };
}

/** A server on this machine, and sockets to it as the client opens and uses them. */
export async function openPlace(options: Partial<SocketsOptions> = {}) {
  const accepted: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket.on('error', () => {})));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const clock = steppedClock();
  const lost: string[] = [];
  const settings = { tls: undefined, addressOf: undefined, requestTimeoutMs: 1_000 };
  const sockets = createSockets({ settings, clock, lost: (why) => lost.push(why.message), ...options });

  async function connected() {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = sockets.open({ host: '127.0.0.1', port, ssl: {}, onConnect: resolve });
    const heard: string[] = [];
    socket.on('data', (data: Buffer) => heard.push(`data ${data.length}`));
    socket.on('end', () => heard.push('end'));
    socket.on('error', (error: Error) => heard.push(`error ${error.message}`));
    await promise;
    while (accepted.length === 0) await once(server, 'connection');
    return { socket, heard, peer: accepted.shift()! };
  }

  /** One over which Kafka has said something. */
  async function answered() {
    const connection = await connected();
    connection.peer.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 7]));
    while (connection.heard.length === 0) await once(connection.socket, 'data');
    return connection;
  }

  return {
    clock,
    lost,
    port,
    sockets,
    connected,
    answered,
    async close() {
      sockets.destroy(new Error('The test is over.'));
      for (const socket of accepted) socket.destroy();
      server.close();
    },
  };
}
