import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Something plain at the far end of a proxy: says back what it hears, unless told not to. */
export interface EchoServer {
  readonly port: number;
  readonly sockets: readonly Socket[];
  /** Bytes heard on all connections, and in how many pieces. */
  readonly heard: { bytes: number; pieces: number };
  /** May be called twice. */
  close(): Promise<void>;
}

export async function openEchoServer({ echoes = true } = {}): Promise<EchoServer> {
  const sockets: Socket[] = [];
  const heard = { bytes: 0, pieces: 0 };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      heard.bytes += bytes.length;
      heard.pieces += 1;
      if (echoes) socket.write(bytes);
    });
    socket.on('end', () => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    heard,
    async close() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

/** A client that remembers what it heard and how it ended, be it before it was connected. */
export interface EchoClient {
  readonly socket: Socket;
  readonly heard: () => Buffer;
  /** `open`, `ended` by a FIN, or the code of the error it was closed with. */
  readonly state: () => string;
}

export async function openEchoClient(port: number): Promise<EchoClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const chunks: Buffer[] = [];
  let state = 'open';
  socket.on('data', (bytes) => chunks.push(bytes));
  socket.on('end', () => (state = 'ended'));
  socket.on('error', (error: NodeJS.ErrnoException) => (state = error.code ?? error.message));
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return { socket, heard: () => Buffer.concat(chunks), state: () => state };
}
