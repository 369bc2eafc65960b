import { connect, type Socket } from 'node:net';
import { oneWay, type Conditions, type OneWay } from './one-way.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
}

export type Silence = 'both' | 'requests' | 'replies';

/** Looks at the replies of one connection, chunk by chunk. Where it returns an index, they are lost from there on. */
export type Sieve = (chunk: Buffer) => number | undefined;

/** A client's connection and the one made for it, with all that can befall the two. */
export interface ProxiedConnection {
  silence(direction: Silence): void;
  /** Nothing is read any more, nothing is lost: the process at the client's end stands still. */
  hold(): void;
  /** Silence and standstill are over. What lost some bytes stays dumb; what has ended meanwhile is now seen to have. */
  heal(): void;
  reset(): void;
  /** Resets after so many more bytes of requests. `undefined` takes that back. */
  cutAfter(bytes: number | undefined): void;
}

export interface ProxiedConnectionOptions {
  readonly client: Socket;
  readonly target: Target;
  readonly conditions: Conditions;
  readonly sieve?: Sieve;
  /** Hears each chunk of requests as it comes. */
  readonly onRequest?: (chunk: Buffer) => void;
  readonly onClosed: () => void;
}

/** Connects to the target and carries bytes both ways until both ends are closed. */
export function proxiedConnection(options: ProxiedConnectionOptions): ProxiedConnection {
  const { client, target, conditions, sieve, onRequest, onClosed } = options;
  const server = connect({ ...target, allowHalfOpen: true, noDelay: true });
  const both = [client, server];
  const requests = oneWay({
    from: client,
    to: server,
    conditions,
    onEnd: () => pass(requests, server),
    sieve(chunk) {
      onRequest?.(chunk);
      return undefined;
    },
  });
  const replies = oneWay({
    from: server,
    to: client,
    conditions,
    onEnd: () => pass(replies, client),
    ...(sieve === undefined ? {} : { sieve }),
  });
  let silenced: Silence | 'none' | 'held' = 'none';
  let open = both.length;
  /** An end that the other side could not be told of. */
  let untold = false;

  function passes(way: 'requests' | 'replies'): boolean {
    return silenced === 'none' || silenced === (way === 'requests' ? 'replies' : 'requests');
  }

  /** The end of a stream with a hole in it makes no sense to its reader. */
  function pass(way: OneWay, to: Socket): void {
    if (way.lossy) reset();
    else to.end();
  }

  function reset(): void {
    requests.over();
    replies.over();
    for (const socket of both) socket.resetAndDestroy();
  }

  for (const [socket, way] of [
    [client, 'requests'],
    [server, 'replies'],
  ] as const) {
    // What follows is said by `close`; without a listener an error ends the process.
    socket.on('error', () => {});
    socket.on('close', (hadError) => {
      open -= 1;
      if (open === 0) {
        requests.over();
        replies.over();
        onClosed();
        return;
      }
      // A reset arrives like any other packet: not at all where nothing does.
      if (hadError) {
        if (passes(way)) reset();
        else untold = true;
      }
    });
  }

  return {
    silence(direction) {
      silenced = direction;
      requests.become(direction === 'replies' ? 'flow' : 'lose');
      replies.become(direction === 'requests' ? 'flow' : 'lose');
    },
    hold() {
      silenced = 'held';
      requests.become('hold');
      replies.become('hold');
    },
    heal() {
      silenced = 'none';
      requests.become('flow');
      replies.become('flow');
      // Whoever still speaks to an end that is gone, or through a stream with a hole, is told so by its network.
      if (untold || (requests.lossy && requests.ended) || (replies.lossy && replies.ended)) reset();
    },
    reset,
    cutAfter(bytes) {
      requests.limit(bytes, reset);
    },
  };
}
