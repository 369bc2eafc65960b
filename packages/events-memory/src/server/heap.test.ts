import { expect, test } from 'vitest';
import { createHeap, type HeapNode } from './heap.ts';

interface Node extends HeapNode {
  readonly value: number;
}

const node = (value: number): Node => ({ value, heapIndex: -1 });

/** A small generator with a seed, so that a failure happens again. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
}

test('whatever is pushed and removed, the smallest comes first', () => {
  const random = seeded(1);
  for (let round = 0; round < 200; round += 1) {
    const heap = createHeap<Node>((a, b) => a.value < b.value);
    const nodes = Array.from({ length: random(60) }, () => node(random(100)));
    for (const one of nodes) heap.push(one);
    const removed = nodes.filter(() => random(3) === 0);
    for (const one of removed) expect(heap.remove(one)).toBe(true);
    const left = nodes.filter((one) => !removed.includes(one)).map(({ value }) => value);
    const popped: number[] = [];
    for (let one = heap.pop(); one !== undefined; one = heap.pop()) popped.push(one.value);
    expect(popped).toEqual(left.sort((a, b) => a - b));
    expect(heap.size).toBe(0);
  }
});

test('removing what is not there changes nothing', () => {
  const heap = createHeap<Node>((a, b) => a.value < b.value);
  const gone = node(1);
  heap.push(gone);
  heap.push(node(2));
  expect(heap.pop()).toBe(gone);
  expect(heap.remove(gone)).toBe(false);
  expect(heap.remove(node(2))).toBe(false);
  expect(heap.size).toBe(1);
});
