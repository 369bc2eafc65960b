/** First in, first out, in a ring: no shifting of arrays, however long it gets. */
export interface Deque<T> {
  readonly length: number;
  push(value: T): void;
  shift(): T | undefined;
  peek(): T | undefined;
  clear(): void;
  [Symbol.iterator](): IterableIterator<T>;
}

const smallest = 16;
/** A ring this small is not worth giving back. */
const keptSize = 16_384;

export function createDeque<T>(): Deque<T> {
  let ring: (T | undefined)[] = Array.from({ length: smallest });
  let head = 0;
  let length = 0;

  function resize(size: number): void {
    const next: (T | undefined)[] = Array.from({ length: size });
    for (let index = 0; index < length; index += 1) next[index] = ring[(head + index) & (ring.length - 1)];
    ring = next;
    head = 0;
  }

  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === ring.length) resize(length * 2);
      ring[(head + length) & (ring.length - 1)] = value;
      length += 1;
    },
    shift() {
      if (length === 0) return undefined;
      const value = ring[head];
      ring[head] = undefined;
      head = (head + 1) & (ring.length - 1);
      length -= 1;
      // A queue that was long once gives the memory back, when a quarter is left, so that it does not breathe.
      if (ring.length > keptSize && length < ring.length / 4) resize(ring.length / 2);
      return value;
    },
    peek: () => ring[head],
    clear() {
      ring = Array.from({ length: smallest });
      head = 0;
      length = 0;
    },
    *[Symbol.iterator]() {
      for (let index = 0; index < length; index += 1) yield ring[(head + index) & (ring.length - 1)] as T;
    },
  };
}
