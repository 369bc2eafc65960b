import type { Clock } from '../contract/runtime.ts';
import { createFifo } from './fifo.ts';

export interface WindowOptions {
  /** Places: publishes that may be unconfirmed at once. */
  readonly size: number;
  /** Bytes that may wait for a place. */
  readonly maxWaitingBytes: number;
  readonly clock: Clock;
}

interface Waiter {
  readonly bytes: number;
  readonly due: number;
  readonly enter: (outcome: 'entered' | 'timed-out') => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Backpressure: a bounded number of publishes is under way, the others wait their turn, first come first served, so that
 * call order is send order. What waits is bounded too. All waiters have the same patience, so the first is always the
 * first to run out of it and one timer serves all.
 */
export interface Window {
  /** True: a place was free and is taken. Never true while others wait or the window is shut. */
  tryEnter(): boolean;
  /** Undefined when too much waits already. */
  wait(bytes: number, due: number): Promise<'entered' | 'timed-out'> | undefined;
  leave(): void;
  /** Lets waiters in; shut at first, until the broker is connected. */
  open(): void;
  /** The broker cannot be reached for a reason that waiting does not mend. */
  rejectAll(error: unknown): void;
}

export function createWindow({ size, maxWaitingBytes, clock }: WindowOptions): Window {
  let free = size;
  let opened = false;
  let waitingBytes = 0;
  const waiters = createFifo<Waiter>();
  let cancelTimer: (() => void) | undefined;

  function takeFirst(): Waiter | undefined {
    const waiter = waiters.shift();
    waitingBytes -= waiter?.bytes ?? 0;
    if (waiters.size === 0) {
      cancelTimer?.();
      cancelTimer = undefined;
    }
    return waiter;
  }

  function watch(): void {
    if (waiters.first === undefined || cancelTimer !== undefined) return;
    cancelTimer = clock.schedule(Math.max(0, waiters.first.due - clock.elapsed()), () => {
      cancelTimer = undefined;
      while (waiters.first !== undefined && waiters.first.due <= clock.elapsed()) takeFirst()?.enter('timed-out');
      watch();
    });
  }

  function admit(): void {
    while (opened && free > 0 && waiters.size > 0) {
      free -= 1;
      takeFirst()?.enter('entered');
    }
  }

  return {
    tryEnter() {
      if (!opened || free === 0 || waiters.size > 0) return false;
      free -= 1;
      return true;
    },
    wait(bytes, due) {
      if (waitingBytes + bytes > maxWaitingBytes) return undefined;
      const { promise, resolve, reject } = Promise.withResolvers<'entered' | 'timed-out'>();
      waitingBytes += bytes;
      waiters.push({ bytes, due, enter: resolve, reject });
      watch();
      return promise;
    },
    leave() {
      free += 1;
      admit();
    },
    open() {
      opened = true;
      admit();
    },
    rejectAll(error) {
      // A waiter that hears of it may publish again at once: that one is not among those rejected.
      for (let left = waiters.size; left > 0; left -= 1) takeFirst()?.reject(error);
    },
  };
}
