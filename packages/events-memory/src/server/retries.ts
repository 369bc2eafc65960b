import type { Clock } from '@payments/events-core';
import { createHeap } from './heap.ts';
import type { Item } from './item.ts';

/** What a group's items wait for. One timer, at the first that is due: ten thousand that wait cost nothing. */
export interface Retries {
  readonly size: number;
  add(item: Item, delayMs: number): void;
  /** Without anyone connected there is nobody to be on time for, and no timer. */
  suspend(): void;
  resume(): void;
  [Symbol.iterator](): IterableIterator<Item>;
}

export function createRetries(clock: Clock, release: (item: Item) => void): Retries {
  const waiting = createHeap<Item>((a, b) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order));
  let suspended = false;
  let armedFor = Number.POSITIVE_INFINITY;
  let cancel: (() => void) | undefined;

  function arm(): void {
    const dueAt = suspended ? Number.POSITIVE_INFINITY : (waiting.peek()?.dueAt ?? Number.POSITIVE_INFINITY);
    if (dueAt === armedFor) return;
    cancel?.();
    cancel = undefined;
    armedFor = dueAt;
    if (dueAt !== Number.POSITIVE_INFINITY) cancel = clock.schedule(Math.max(0, dueAt - clock.now()), fire);
  }

  function fire(): void {
    armedFor = Number.POSITIVE_INFINITY;
    const now = clock.now();
    for (let item = waiting.peek(); item !== undefined && item.dueAt <= now; item = waiting.peek()) {
      waiting.remove(item);
      release(item);
    }
    arm();
  }

  return {
    get size() {
      return waiting.size;
    },
    add(item, delayMs) {
      item.dueAt = clock.now() + Math.max(0, delayMs);
      waiting.push(item);
      arm();
    },
    suspend() {
      suspended = true;
      arm();
    },
    resume() {
      suspended = false;
      arm();
    },
    [Symbol.iterator]: () => waiting[Symbol.iterator](),
  };
}
