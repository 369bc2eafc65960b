import { expect, test } from 'vitest';
import { createDeque } from './deque.ts';

test('gives back in the order in which it took, across growing, wrapping and shrinking', () => {
  const deque = createDeque<number>();
  const expected: number[] = [];
  let next = 0;
  for (const [push, shift] of [
    [10, 5],
    [100, 90],
    [50_000, 49_000],
    [3, 1_000],
    [20, 20],
  ] as const) {
    for (let count = 0; count < push; count += 1) {
      deque.push(next);
      expected.push(next);
      next += 1;
    }
    for (let count = 0; count < shift; count += 1) expect(deque.shift()).toBe(expected.shift());
    expect(deque.length).toBe(expected.length);
    expect(deque.peek()).toBe(expected[0]);
    expect([...deque]).toEqual(expected);
  }
});

test('an empty one gives nothing', () => {
  const deque = createDeque<number>();
  expect(deque.shift()).toBeUndefined();
  expect(deque.peek()).toBeUndefined();
  deque.push(1);
  deque.clear();
  expect([...deque]).toEqual([]);
  expect(deque.length).toBe(0);
});
