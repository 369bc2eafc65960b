import type { Socket } from 'node:net';
import type { Clock } from '@payments/events-core';
import type { ISocketFactory } from 'kafkajs';
import { createAnswers, type ReadAnswer } from './answers.ts';
import { dial } from './dial.ts';
import { createFrames } from './frames.ts';
import { readJoin, type BeforeJoin } from './group-request.ts';
import type { Settings } from '../settings.ts';

/** For a peer to hear that a connection has ended, and for the client to give up by itself. */
const lingerMs = 1_000;
/** The client asks something right after it has connected. */
const unusedMs = 5_000;
/** Brokers close connections that nobody uses: that is no loss. */
const idleMs = 30_000;

export interface SocketsOptions {
  readonly settings: Pick<Settings, 'tls' | 'addressOf' | 'requestTimeoutMs'>;
  readonly clock: Clock;
  /** A request to join or leave a group is written when this has resolved; when it rejects, its connection ends. */
  readonly beforeJoin?: BeforeJoin | undefined;
  /** Answers that are read before the client reads them, by API key. */
  readonly readers?: ReadonlyMap<number, ReadAnswer>;
  /** A connection that was there has ended, and nobody wanted it to. */
  readonly lost?: ((why: Error) => void) | undefined;
}

/** All sockets of one instance of the client. */
export interface Sockets {
  /** What the client opens its sockets with. Throws after `destroy`. */
  readonly open: ISocketFactory;
  /** Whether `destroy` was called. */
  readonly ended: boolean;
  cut(why: Error, broker?: string): void;
  destroy(why: Error): void;
}

export function createSockets({ settings, clock, beforeJoin, readers, lost }: SocketsOptions): Sockets {
  /** With the address that was asked for, and since when. */
  const open = new Map<Socket, { readonly address: string; readonly since: number }>();
  let ended: Error | undefined;

  function openOne(host: string, port: number, onConnect: () => void): Socket {
    const socket = dial({ host, port }, settings, connected);
    open.set(socket, { address: `${host}:${port}`, since: clock.elapsed() });
    const { write, on, end } = originalsOf(socket);
    const answers = createAnswers(readers ?? new Map());
    /** When something was last written; undefined until it is connected. */
    let lastUse: number | undefined;
    let written = false;
    let loggingIn = false;
    /** Something between may accept connections to a broker that is away. */
    let answered = false;
    let told = false;
    let retired = false;
    let clientFailed: (why: Error) => void = () => {};
    let cancel = clock.schedule(settings.requestTimeoutMs + lingerMs, () => socket.destroy());

    function received(frames: Buffer): void {
      answered = true;
      answers.received(frames);
    }

    function connected(): void {
      cancel();
      // Several callers that find no connection open one each, and the client keeps the last: nobody will use the others.
      cancel = clock.schedule(unusedMs, () => {
        if (!written) retire();
      });
      lastUse = clock.elapsed();
      onConnect();
    }

    /** The client takes what it hears of an old socket for news of the one that has replaced it. */
    function retire(): void {
      retired = true;
      socket.removeAllListeners('end').removeAllListeners('error');
      on('error', () => {});
      end();
      cancel();
      cancel = clock.schedule(lingerMs, () => socket.destroy());
    }

    function tell(why: Error, patienceMs: number): void {
      if (told || !answered || lastUse === undefined || ended !== undefined || clock.elapsed() - lastUse > patienceMs)
        return;
      told = true;
      lost?.(why);
    }

    /**
     * At the end of a connection the client strikes its broker from the list, and when none is left a consumer crashes at once,
     * which leaves a dead member behind. After an error it tries again in place.
     */
    function orError(listener: () => void): () => void {
      return () => {
        if (beforeJoin !== undefined && !loggingIn)
          socket.destroy(new Error(`${host}:${port} has closed the connection`));
        else listener();
      };
    }

    // Before the client's own listeners.
    on('error', (error: Error) => tell(error, Infinity));
    on('end', () => tell(new Error(`${host}:${port} has closed the connection`), idleMs));
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        cancel();
        open.delete(socket);
        resolve();
      });
    });
    return Object.assign(socket, {
      write(request: Buffer, encoding?: BufferEncoding) {
        // One that ends a connection may end the one that has replaced it meanwhile, and takes that for connected then.
        if (retired || socket.destroyed) {
          queueMicrotask(() => clientFailed(new Error(`the connection to ${host}:${port} has ended`)));
          return false;
        }
        written = true;
        lastUse = clock.elapsed();
        loggingIn = isLogin(request);
        answers.sent(request);
        const join = beforeJoin === undefined ? undefined : readJoin(request);
        if (beforeJoin === undefined || join === undefined) return write(request, encoding);
        beforeJoin(join, closed).then(
          () => void (socket.writable && write(request, encoding)),
          (why: unknown) => socket.destroy(asError(why)),
        );
        return true;
      },
      on(event: string, listener: (...args: unknown[]) => void) {
        if (event === 'data') return on(event, whole(socket, listener, received));
        if (event === 'error') clientFailed = listener;
        return on(event, event === 'end' ? orError(listener) : listener);
      },
      end() {
        retire();
        return socket;
      },
    });
  }

  /**
   * With an error: a plain `destroy()` is an end that the client never hears of. What has just been opened has had no time to
   * answer, and a client that is torn from its login may not find back.
   */
  function cut(why: Error, broker?: string): void {
    for (const [socket, { address, since }] of open) {
      const young = clock.elapsed() - since < settings.requestTimeoutMs;
      if (!young && (broker === undefined || address === broker)) socket.destroy(why);
    }
  }

  return {
    open({ host, port, onConnect }) {
      if (ended !== undefined) throw ended;
      return openOne(host, port, onConnect);
    },
    get ended() {
      return ended !== undefined;
    },
    cut,
    destroy(why) {
      ended ??= why;
      for (const socket of open.keys()) socket.destroy(why);
    },
  };
}

function originalsOf(socket: Socket) {
  return { write: socket.write.bind(socket), on: socket.on.bind(socket), end: socket.end.bind(socket) };
}

/** Only whole frames reach the client, and nothing that it throws gets out: it would end the process. */
function whole(
  socket: Socket,
  listener: (data: Buffer) => void,
  first: (frames: Buffer) => void,
): (chunk: Buffer) => void {
  const framesOf = createFrames();
  return (chunk) => {
    try {
      const frames = framesOf(chunk);
      if (frames === undefined) return;
      first(frames);
      listener(frames);
    } catch (error) {
      socket.destroy(asError(error));
    }
  };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('A connection to Kafka was given up.', { cause: thrown });
}

const saslHandshake = 17;
const saslAuthenticate = 36;

function isLogin(request: Buffer): boolean {
  const key = request.length < 6 ? undefined : request.readInt16BE(4);
  return key === saslHandshake || key === saslAuthenticate;
}
