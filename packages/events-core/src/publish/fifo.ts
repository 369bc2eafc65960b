/** First in, first out, in constant time however long it is. A `Set` or an array emptied from its head costs its length each time. */
export interface Fifo<T> {
  readonly size: number;
  readonly first: T | undefined;
  push(item: T): void;
  shift(): T | undefined;
}

/** Below this, moving what is left to the front is not worth it. */
const leastWaste = 1_024;

export function createFifo<T>(): Fifo<T> {
  let items: (T | undefined)[] = [];
  let head = 0;

  return {
    get size() {
      return items.length - head;
    },
    get first() {
      return items[head];
    },
    push: (item) => void items.push(item),
    shift() {
      if (head === items.length) return undefined;
      const item = items[head];
      items[head] = undefined;
      head += 1;
      if (head === items.length) {
        items = [];
        head = 0;
      } else if (head >= leastWaste && head * 2 >= items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
  };
}
