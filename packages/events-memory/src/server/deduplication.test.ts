import { expect, test } from 'vitest';
import { createDeduplication } from './deduplication.ts';

test('an id is known for exactly the window', () => {
  const ids = createDeduplication(1_000);
  ids.add('a', 0);
  ids.add('b', 900);
  ids.add('c', 1_100);
  expect(ids.has('a', 999)).toBe(true);
  expect(ids.has('a', 1_000)).toBe(false);
  expect(ids.has('b', 1_899)).toBe(true);
  expect(ids.has('b', 1_900)).toBe(false);
  expect(ids.has('c', 2_000)).toBe(true);
  expect(ids.has('d', 2_000)).toBe(false);
});

test('an id stored at any time stays known while a window has not passed, whatever comes after it', () => {
  const ids = createDeduplication(1_000);
  for (let at = 0; at < 10_000; at += 70) {
    ids.add(`id-${at}`, at);
    for (let earlier = 0; earlier <= at; earlier += 70) expect(ids.has(`id-${earlier}`, at)).toBe(at - earlier < 1_000);
  }
});

test('a fast producer does not fill the memory: the newest ids stay known', () => {
  const ids = createDeduplication(1_000_000, 100);
  for (let count = 0; count < 10_000; count += 1) ids.add(`id-${count}`, count);
  expect(ids.size).toBeLessThanOrEqual(200);
  for (let count = 9_900; count < 10_000; count += 1) expect(ids.has(`id-${count}`, 10_000)).toBe(true);
});

test('after a long silence nothing is left', () => {
  const ids = createDeduplication(1_000);
  ids.add('a', 0);
  ids.add('b', 100_000);
  expect(ids.size).toBe(1);
});
