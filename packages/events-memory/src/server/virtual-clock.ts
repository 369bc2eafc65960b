import type { Clock } from '@payments/events-core';
import { createHeap, type HeapNode } from './heap.ts';

/** Time that stands still until it is moved. Begins at the moment it was made. */
export interface VirtualClock extends Clock {
  /** When the next timer is due; undefined when there is none. */
  nextDue(): number | undefined;
  /** Moves to the next timer and runs it alone. */
  runNext(): void;
  /** Moves the time without running anything; never backwards. */
  moveTo(time: number): void;
  /** Timers that wait. */
  readonly timers: number;
}

interface Timer extends HeapNode {
  readonly due: number;
  readonly sequence: number;
  readonly run: () => void;
}

export function createVirtualClock(startAt: number = Date.now()): VirtualClock {
  // Two timers of one instant run in the order in which they were set.
  const timers = createHeap<Timer>((a, b) => a.due < b.due || (a.due === b.due && a.sequence < b.sequence));
  let time = startAt;
  let sequence = 0;

  return {
    now: () => time,
    elapsed: () => time - startAt,
    schedule(delayMs, run) {
      sequence += 1;
      const timer: Timer = { due: time + Math.max(0, delayMs), sequence, run, heapIndex: -1 };
      timers.push(timer);
      return () => void timers.remove(timer);
    },
    nextDue: () => timers.peek()?.due,
    runNext() {
      const timer = timers.pop();
      if (timer === undefined) return;
      time = Math.max(time, timer.due);
      timer.run();
    },
    moveTo(next) {
      time = Math.max(time, next);
    },
    get timers() {
      return timers.size;
    },
  };
}
