import type { Socket } from 'node:net';

/** What the network does to bytes. One object for all connections of a proxy, changed while they are open. */
export interface Conditions {
  latencyMs: number;
  /** Per connection and direction. */
  bytesPerSecond: number | undefined;
  oneByteSlices: boolean;
}

/** One direction of one connection. */
export interface OneWay {
  /** `lose`: what comes from now on vanishes, its end included. `hold`: it waits, unread. */
  become(mode: 'flow' | 'lose' | 'hold'): void;
  /** A stream that lost some bytes cannot go on: nothing passes here any more, though nobody is told. */
  readonly lossy: boolean;
  /** Whether the source has ended, told or not. */
  readonly ended: boolean;
  /** After so many more bytes have passed `cut` is called, and nothing passes any more. */
  limit(bytes: number | undefined, cut: () => void): void;
  /** Stops all work. The sockets are somebody else's. */
  over(): void;
}

export interface OneWayOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly conditions: Conditions;
  /** The source has ended, and all it said before has passed. Not called while the end itself is lost or held. */
  readonly onEnd: () => void;
  /** Looks at each chunk as it comes. At the returned index the stream begins to be lost. */
  readonly sieve?: (chunk: Buffer) => number | undefined;
}

/** More than this in the proxy's hands, and it stops to read: memory stays bounded, and the sender feels it. */
const mostHeldBytes = 256 * 1_024;
/** A slow link hands on as much as it may in so long a time at once. */
const portionMs = 20;
/** So many one-byte packets, and others have their turn. */
const slicesPerTurn = 64;

/** Carries bytes from one socket to the other under the given conditions. */
export function oneWay({ from, to, conditions, onEnd, sieve }: OneWayOptions): OneWay {
  const waiting: { readonly bytes: Buffer; readonly dueAt: number }[] = [];
  let waitingBytes = 0;
  let mode: 'flow' | 'lose' | 'hold' = 'flow';
  let lossy = false;
  let ended = false;
  let told = false;
  let moving = false;
  let stopped = false;
  let allowance = { bytes: Number.POSITIVE_INFINITY, cut: () => {} };
  let wake = () => {};

  from.on('data', (chunk: Buffer) => {
    const from = sieve?.(chunk);
    if (mode === 'lose') lossy = true;
    if (lossy) return;
    const bytes = from === undefined ? chunk : chunk.subarray(0, from);
    if (from !== undefined) lossy = true;
    waiting.push({ bytes, dueAt: performance.now() + conditions.latencyMs });
    waitingBytes += bytes.length;
    regulate();
    void move();
  });
  from.on('end', () => {
    ended = true;
    void move();
  });

  /** Reads only what there is room for. */
  function regulate(): void {
    if (mode === 'hold' || waitingBytes > mostHeldBytes) from.pause();
    else if (from.isPaused()) from.resume();
  }

  async function move(): Promise<void> {
    if (moving) return;
    moving = true;
    for (let next = waiting[0]; next !== undefined && mode !== 'hold' && !stopped; next = waiting[0]) {
      const early = next.dueAt - performance.now();
      if (early > 0) {
        await pause(early);
        continue;
      }
      waiting.shift();
      waitingBytes -= next.bytes.length;
      regulate();
      // What was under way when the network fell silent is lost with the rest.
      if (mode === 'lose') lossy = true;
      else await pass(next.bytes);
    }
    moving = false;
    if (ended && waiting.length === 0 && mode === 'flow' && !stopped && !told) {
      told = true;
      onEnd();
    }
  }

  async function pass(chunk: Buffer): Promise<void> {
    const bytes = chunk.subarray(0, allowance.bytes);
    allowance.bytes -= bytes.length;
    const { bytesPerSecond, oneByteSlices } = conditions;
    if (oneByteSlices) {
      for (let at = 0; at < bytes.length && !stopped; at += 1) {
        await write(bytes.subarray(at, at + 1));
        if (at % slicesPerTurn === slicesPerTurn - 1) await new Promise(setImmediate);
      }
    } else if (bytesPerSecond === undefined) await write(bytes);
    else {
      const portion = Math.max(1, Math.floor((bytesPerSecond * portionMs) / 1_000));
      for (let at = 0; at < bytes.length && !stopped; at += portion) {
        const part = bytes.subarray(at, at + portion);
        await write(part);
        await pause((part.length * 1_000) / bytesPerSecond);
      }
    }
    if (allowance.bytes > 0 || stopped) return;
    lossy = true;
    const { cut } = allowance;
    // The last bytes are on their way before the end is.
    to.write('', cut);
  }

  function write(bytes: Buffer): Promise<void> | undefined {
    if (stopped || to.destroyed || to.write(bytes)) return undefined;
    return new Promise((resolve) => {
      wake = resolve;
      to.once('drain', resolve);
    });
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    become(next) {
      mode = next;
      regulate();
      void move();
    },
    get lossy() {
      return lossy;
    },
    get ended() {
      return ended;
    },
    limit(bytes = Number.POSITIVE_INFINITY, cut) {
      allowance = { bytes, cut };
    },
    over() {
      stopped = true;
      waiting.length = 0;
      wake();
    },
  };
}
