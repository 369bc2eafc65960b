import { expect, vi } from 'vitest';
import { openEchoClient, openEchoServer, type EchoClient, type EchoServer } from './echo-server.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** An echo server behind a proxy, for the tests of the proxy itself. */
export interface ProxiedEcho {
  readonly server: EchoServer;
  readonly proxy: TcpProxy;
  /** A client that comes through the proxy, or through the one at that port. */
  open(port?: number): Promise<EchoClient>;
  /** A client that has spoken, and was understood by both ends. */
  talking(): Promise<EchoClient>;
  close(): Promise<void>;
}

export const within = { timeout: 3_000, interval: 5 };

export async function openProxiedEcho(): Promise<ProxiedEcho> {
  const clients: EchoClient[] = [];
  const server = await openEchoServer();
  const proxy = await openTcpProxy({ target: { host: '127.0.0.1', port: server.port } });

  async function open(port = proxy.port): Promise<EchoClient> {
    const client = await openEchoClient(port);
    clients.push(client);
    return client;
  }

  return {
    server,
    proxy,
    open,
    async talking() {
      const client = await open();
      client.socket.write('a');
      await hears(client, 'a');
      return client;
    },
    async close() {
      for (const { socket } of clients) socket.destroy();
      await proxy.close();
      await server.close();
    },
  };
}

export async function hears(client: EchoClient, text: string): Promise<void> {
  await vi.waitFor(() => expect(client.heard().toString()).toBe(text), within);
}

export async function becomes(client: EchoClient, state: string): Promise<void> {
  await vi.waitFor(() => expect(client.state()).toBe(state), within);
}
