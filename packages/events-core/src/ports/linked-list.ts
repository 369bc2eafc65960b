export interface ListNode<T> {
  previous: T | undefined;
  next: T | undefined;
}

/**
 * Keeps the order in which nodes were appended; any node can be taken out at once. A node is in one list at most. For
 * what comes and goes with each event: a `Set` that is added to and deleted from all the time costs ten times as much.
 */
export interface LinkedList<T extends ListNode<T>> {
  readonly length: number;
  readonly first: T | undefined;
  append(node: T): void;
  /** The node must be in this list. */
  remove(node: T): void;
  [Symbol.iterator](): IterableIterator<T>;
}

export function createLinkedList<T extends ListNode<T>>(): LinkedList<T> {
  let first: T | undefined;
  let last: T | undefined;
  let length = 0;

  return {
    get length() {
      return length;
    },
    get first() {
      return first;
    },
    append(node) {
      node.previous = last;
      if (last === undefined) first = node;
      else last.next = node;
      last = node;
      length += 1;
    },
    remove(node) {
      if (node.previous === undefined) first = node.next;
      else node.previous.next = node.next;
      if (node.next === undefined) last = node.previous;
      else node.next.previous = node.previous;
      node.previous = undefined;
      node.next = undefined;
      length -= 1;
    },
    *[Symbol.iterator]() {
      for (let node = first; node !== undefined; node = node.next) yield node;
    },
  };
}
