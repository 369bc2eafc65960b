import type { Clock } from '../contract/runtime.ts';
import { createLinkedList, type ListNode } from './linked-list.ts';

export interface Deadline<Self> extends ListNode<Self> {
  /** Set by `add`; 0 while it is not pending. */
  due: number;
  miss(): void;
}

/** Deadlines of one length: many are set, few are missed. One timer serves all, because the oldest always comes first. */
export interface Deadlines<T extends Deadline<T>> {
  /** How many are pending. */
  readonly size: number;
  /** Calls `deadline.miss` once when the time has passed. */
  add(deadline: T): void;
  /** Cancels one; no effect on one that is not pending. */
  delete(deadline: T): void;
  /** Those that are pending, the oldest first. */
  [Symbol.iterator](): IterableIterator<T>;
  /** Cancels all and frees the timer. */
  close(): void;
}

export function createDeadlines<T extends Deadline<T>>(clock: Clock, afterMs: number): Deadlines<T> {
  const pending = createLinkedList<T>();
  let cancelTimer: (() => void) | undefined;

  function watch(due: number): void {
    cancelTimer = clock.schedule(Math.max(0, due - clock.elapsed()), () => {
      cancelTimer = undefined;
      const now = clock.elapsed();
      for (let first = pending.first; first !== undefined; first = pending.first) {
        if (first.due > now) {
          // One that was added meanwhile may have set a timer, for later.
          unwatch();
          return watch(first.due);
        }
        remove(first);
        first.miss();
      }
    });
  }

  function remove(deadline: T): void {
    if (deadline.due === 0) return;
    deadline.due = 0;
    pending.remove(deadline);
  }

  function unwatch(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  return {
    get size() {
      return pending.length;
    },
    add(deadline) {
      deadline.due = clock.elapsed() + afterMs;
      pending.append(deadline);
      // The timer of a deadline that was met is left to run: it finds the next one then, and most events cost no timer.
      if (cancelTimer === undefined) watch(deadline.due);
    },
    delete: remove,
    [Symbol.iterator]: () => pending[Symbol.iterator](),
    close() {
      while (pending.first !== undefined) remove(pending.first);
      unwatch();
    },
  };
}
