import type { Clock } from '@payments/events-core';

/**
 * How much may be on its way. On a fresh channel one message, until the broker has answered: what it refuses closes the
 * channel, and is known to be refused only if it was alone.
 */
export interface Window {
  /** Messages on their way. */
  readonly count: number;
  hasRoom(bytes: number): boolean;
  enter(bytes: number): void;
  leave(bytes: number): void;
  /** The broker answered. */
  widen(): void;
  /** There is another channel, or none. */
  narrow(): void;
}

export interface WindowOptions {
  readonly clock: Clock;
  readonly maxMessages: number;
  /** One message may be larger. */
  readonly maxBytes: number;
  /** There is room for more, though nothing was answered. */
  opened(): void;
}

/** How long the first message stays alone: its answer may have got lost, and all others would wait for it. */
const patienceMs = 1_000;

export function createWindow({ clock, maxMessages, maxBytes, opened }: WindowOptions): Window {
  let wide = false;
  let count = 0;
  let underWayBytes = 0;
  let cancel: (() => void) | undefined;

  function set(isWide: boolean): void {
    wide = isWide;
    cancel?.();
    cancel = undefined;
  }

  return {
    get count() {
      return count;
    },
    hasRoom: (bytes) => count === 0 || (wide && count < maxMessages && underWayBytes + bytes <= maxBytes),
    enter(bytes) {
      count += 1;
      underWayBytes += bytes;
      if (wide || cancel !== undefined) return;
      cancel = clock.schedule(patienceMs, () => {
        set(true);
        opened();
      });
    },
    leave(bytes) {
      count -= 1;
      underWayBytes -= bytes;
    },
    widen() {
      if (!wide) set(true);
    },
    narrow: () => set(false),
  };
}
