import { expect, test } from 'vitest';
import { createDeduplication } from './deduplication.ts';

test('an id is known for a window at least, and for two at most', () => {
  const ids = createDeduplication(1_000);
  ids.add('a', 0);
  ids.add('b', 999);
  ids.add('c', 1_100);
  expect(ids.has('a', 1_100)).toBe(true);
  expect(ids.has('b', 1_998)).toBe(true);
  expect(ids.has('a', 2_000)).toBe(false);
  expect(ids.has('b', 2_000)).toBe(false);
  expect(ids.has('c', 2_100)).toBe(true);
  expect(ids.has('c', 3_100)).toBe(false);
  expect(ids.has('d', 0)).toBe(false);
});

test('an id stored at any time stays known while a window has not passed, whatever comes after it', () => {
  const ids = createDeduplication(1_000);
  for (let at = 0; at < 10_000; at += 70) {
    ids.add(`id-${at}`, at);
    for (let earlier = 0; earlier <= at; earlier += 70) {
      if (at - earlier < 1_000) expect(ids.has(`id-${earlier}`, at)).toBe(true);
      if (at - earlier >= 2_000) expect(ids.has(`id-${earlier}`, at)).toBe(false);
    }
  }
});

test('there is no room for what would make it forget an id too early', () => {
  const ids = createDeduplication(1_000, 100);
  for (let count = 0; count < 100; count += 1) {
    expect(ids.hasRoom(500)).toBe(true);
    ids.add(`id-${count}`, 500);
  }
  expect(ids.hasRoom(1_499)).toBe(false);
  expect(ids.hasRoom(1_500)).toBe(true);
  ids.add('later', 1_500);
  expect(ids.size).toBe(101);
  for (let count = 0; count < 100; count += 1) expect(ids.has(`id-${count}`, 1_500)).toBe(true);
});

test('after a long silence nothing is left', () => {
  const ids = createDeduplication(1_000);
  ids.add('a', 0);
  ids.add('b', 100_000);
  expect(ids.size).toBe(1);
});
