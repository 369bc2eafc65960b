/** Where a node sits in the one heap that holds it; −1 in none. */
export interface HeapNode {
  heapIndex: number;
}

/** The first by `before` is always at hand; any node can be taken out in logarithmic time. */
export interface Heap<T extends HeapNode> {
  readonly size: number;
  peek(): T | undefined;
  push(node: T): void;
  pop(): T | undefined;
  /** False when it is not here. */
  remove(node: T): boolean;
  [Symbol.iterator](): IterableIterator<T>;
}

export function createHeap<T extends HeapNode>(before: (a: T, b: T) => boolean): Heap<T> {
  const nodes: T[] = [];

  function place(node: T, index: number): void {
    nodes[index] = node;
    node.heapIndex = index;
  }

  function rise(node: T, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = nodes[parentIndex];
      if (parent === undefined || !before(node, parent)) break;
      place(parent, index);
      index = parentIndex;
    }
    place(node, index);
  }

  function sink(node: T, from: number): void {
    let index = from;
    for (;;) {
      const left = nodes[2 * index + 1];
      const right = nodes[2 * index + 2];
      const child = left !== undefined && right !== undefined && before(right, left) ? right : left;
      if (child === undefined || !before(child, node)) break;
      const next = child.heapIndex;
      place(child, index);
      index = next;
    }
    place(node, index);
  }

  function remove(node: T): boolean {
    const index = node.heapIndex;
    if (nodes[index] !== node) return false;
    const last = nodes.pop();
    node.heapIndex = -1;
    if (last === undefined || last === node) return true;
    if (before(last, node)) rise(last, index);
    else sink(last, index);
    return true;
  }

  return {
    get size() {
      return nodes.length;
    },
    peek: () => nodes[0],
    push: (node) => rise(node, nodes.length),
    pop() {
      const first = nodes[0];
      if (first !== undefined) remove(first);
      return first;
    },
    remove,
    [Symbol.iterator]: () => nodes.values(),
  };
}
