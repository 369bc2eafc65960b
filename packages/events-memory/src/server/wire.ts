import type { Clock } from '@payments/events-core';
import type { Link } from './link.ts';
import { createPipe } from './pipe.ts';
import type { ServerConditions } from './server-conditions.ts';

/** The connection ended before the answer came: whether the request was carried out is unknown. */
export class WireClosed extends Error {
  constructor() {
    super('The connection to the memory broker was lost.');
    this.name = 'WireClosed';
  }
}

/** One connection between an adapter and the server. Everything either says to the other goes through it, in order. */
export interface Wire {
  readonly link: Link;
  /** Nothing is wrong and nothing is on the way: callers may skip the wire and call the server directly. */
  readonly clear: boolean;
  /** As the adapter sees it. */
  readonly open: boolean;
  /** The adapter asks. @throws {WireClosed} when the connection ends before the answer. */
  call<T>(ask: () => T, kind?: 'send'): Promise<T>;
  /** The server says something unasked. */
  tell(arrive: () => void): void;
  /** The adapter ends the connection; the server learns of it when the word arrives. */
  hangUp(): void;
  /** The server, or the network, ends it. A side that is out of reach does not learn of it. */
  reset(): void;
  /** The conditions have changed. */
  refresh(): void;
}

export interface WireEnds {
  readonly clock: Clock;
  /** The adapter's end: the connection is gone. */
  readonly dropped: (wire: Wire) => void;
  /** The server's end: the connection is gone. Called once. */
  readonly ended: (wire: Wire) => void;
  /** Both ends know, or one never will: nothing is left to be said. */
  readonly forgotten: (wire: Wire) => void;
}

export function createWire(
  link: Link,
  conditions: ServerConditions,
  { clock, dropped, ended, forgotten }: WireEnds,
): Wire {
  const latencyMs = () => conditions.latencyMs;
  const cutOff = () => link.frozen || link.dead;
  const up = createPipe({
    clock,
    latencyMs,
    silent: () => conditions.paused || cutOff() || link.silence === 'to-broker' || link.silence === 'both',
  });
  const down = createPipe({
    clock,
    latencyMs,
    silent: () => cutOff() || link.silence === 'from-broker' || link.silence === 'both',
  });
  const unanswered = new Set<(error: WireClosed) => void>();
  let open = true;
  let attached = true;
  let clear = false;

  function refresh(): void {
    up.refresh();
    down.refresh();
    clear =
      open &&
      attached &&
      up.empty &&
      down.empty &&
      !conditions.paused &&
      !cutOff() &&
      link.silence === 'none' &&
      link.lostReplies === 0 &&
      conditions.latencyMs === 0 &&
      conditions.lostSendReplies === 0;
  }

  /** Detaches the server's end. */
  function end(): void {
    if (!attached) return;
    attached = false;
    clear = false;
    ended(wire);
    if (!open || link.dead) forgotten(wire);
  }

  function replyIsLost(kind: 'send' | undefined): boolean {
    if (kind === 'send' && conditions.lostSendReplies > 0) {
      conditions.lostSendReplies -= 1;
      return true;
    }
    if (link.lostReplies === 0) return false;
    link.lostReplies -= 1;
    return true;
  }

  function reply(settle: () => void, kind: 'send' | undefined): void {
    if (!replyIsLost(kind)) down.push(settle);
    refresh();
  }

  const wire: Wire = {
    link,
    get clear() {
      return clear;
    },
    get open() {
      return open;
    },
    call<T>(ask: () => T, kind?: 'send') {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      if (!open) {
        reject(new WireClosed());
        return promise;
      }
      unanswered.add(reject);
      const answered = (settle: () => void) => () => {
        if (unanswered.delete(reject)) settle();
      };
      up.push(() => {
        if (!attached) return;
        let settle: () => void;
        try {
          const value = ask();
          settle = () => resolve(value);
        } catch (error) {
          settle = () => reject(error);
        }
        reply(answered(settle), kind);
      });
      if (!up.empty) clear = false;
      return promise;
    },
    tell(arrive) {
      down.push(() => {
        if (open) arrive();
      });
      refresh();
    },
    hangUp() {
      if (!open) return;
      open = false;
      clear = false;
      for (const fail of unanswered) fail(new WireClosed());
      unanswered.clear();
      down.clear();
      if (attached) up.push(end);
      else forgotten(wire);
    },
    reset() {
      up.clear();
      down.clear();
      // The adapter first: its right to settle is gone before anyone else gets what it held.
      down.push(() => dropped(wire));
      end();
    },
    refresh,
  };
  refresh();
  return wire;
}
