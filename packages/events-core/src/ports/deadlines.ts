import type { Clock } from '../contract/runtime.ts';

export interface Deadline {
  /** Set by `add`. */
  due: number;
  miss(): void;
}

/** Deadlines of one length: many are set, few are missed. One timer serves all, because the oldest always comes first. */
export interface Deadlines {
  /** Calls `deadline.miss` once when the time has passed. */
  add(deadline: Deadline): void;
  /** Cancels one. */
  delete(deadline: Deadline): void;
  /** Cancels all and frees the timer. */
  close(): void;
}

export function createDeadlines(clock: Clock, afterMs: number): Deadlines {
  const pending = new Set<Deadline>();
  let cancelTimer: (() => void) | undefined;

  function watch(due: number): void {
    cancelTimer = clock.schedule(Math.max(0, due - clock.now()), () => {
      cancelTimer = undefined;
      const now = clock.now();
      for (const one of pending) {
        if (one.due > now) {
          // One that was added meanwhile may have set a timer, for later.
          unwatch();
          return watch(one.due);
        }
        pending.delete(one);
        one.miss();
      }
    });
  }

  function unwatch(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  return {
    add(deadline) {
      deadline.due = clock.now() + afterMs;
      pending.add(deadline);
      // The timer of a deadline that was met is left to run: it finds the next one then, and most events cost no timer.
      if (cancelTimer === undefined) watch(deadline.due);
    },
    delete: (deadline) => void pending.delete(deadline),
    close() {
      pending.clear();
      unwatch();
    },
  };
}
