import type { Clock } from '@payments/events-core';
import { createDeque } from './deque.ts';

/** One direction of a wire: what goes in comes out in order, at once, late, or not before the silence ends. */
export interface Pipe {
  readonly empty: boolean;
  push(arrive: () => void): void;
  /** The conditions have changed. */
  refresh(): void;
  /** What is in it never arrives. */
  clear(): void;
}

export interface PipeConditions {
  readonly clock: Clock;
  readonly silent: () => boolean;
  readonly latencyMs: () => number;
}

export function createPipe({ clock, silent, latencyMs }: PipeConditions): Pipe {
  const queue = createDeque<{ readonly dueAt: number; readonly arrive: () => void }>();
  let cancel: (() => void) | undefined;

  function move(): void {
    cancel?.();
    cancel = undefined;
    while (!silent()) {
      const first = queue.peek();
      if (first === undefined) return;
      const leftMs = first.dueAt - clock.now();
      if (leftMs > 0) {
        cancel = clock.schedule(leftMs, move);
        return;
      }
      queue.shift();
      first.arrive();
    }
  }

  return {
    get empty() {
      return queue.length === 0;
    },
    push(arrive) {
      queue.push({ dueAt: clock.now() + latencyMs(), arrive });
      if (queue.length === 1) move();
    },
    refresh: move,
    clear() {
      cancel?.();
      cancel = undefined;
      queue.clear();
    },
  };
}
