import { expect, test } from 'vitest';
import { createSettledMemory } from './settled-memory.ts';

const place = { topic: 't', partition: 0 };

function createBench(committed = 5) {
  const memory = createSettledMemory();
  memory.recall(place, committed);
  return memory;
}

test('what was settled and never committed is known when the partition comes back', () => {
  const memory = createBench();
  memory.settled(place, 6);
  memory.settled(place, 8);
  expect(memory.recall(place, 5)).toEqual([6, 8]);
  expect(memory.recall(place, 5)).toEqual([6, 8]);
});

test('what was in a commit without an answer is known as well', () => {
  const memory = createBench();
  memory.settled(place, 6);
  memory.telling(place);
  memory.settled(place, 9);
  expect(memory.recall(place, 5)).toEqual([6, 9]);
});

test('what is committed for certain is forgotten, what was settled since is not', () => {
  const memory = createBench();
  memory.settled(place, 6);
  memory.telling(place);
  memory.settled(place, 9);
  memory.told(place, { offset: 5 });
  expect(memory.recall(place, 5)).toEqual([9]);
});

test('what lies below the committed offset need not be known', () => {
  const memory = createBench();
  memory.settled(place, 5);
  memory.settled(place, 7);
  expect(memory.recall(place, 6)).toEqual([7]);
});

test('an offset that somebody has set back wants everything again', () => {
  const memory = createBench();
  memory.settled(place, 6);
  memory.telling(place);
  memory.told(place, { offset: 7 });
  memory.settled(place, 8);
  expect(memory.recall(place, 6)).toEqual([]);
  expect(memory.recall(place, 7)).toEqual([]);
});

test('a log that has begun anew is not known, nor what is settled of it before it is read anew', () => {
  const memory = createBench();
  memory.settled(place, 6);
  memory.forget(place);
  memory.settled(place, 7);
  memory.telling(place);
  memory.told(place, { offset: 8 });
  expect(memory.recall(place, 0)).toEqual([]);
});

test('partitions are remembered apart from each other', () => {
  const memory = createBench();
  const other = { topic: 't', partition: 1 };
  memory.recall(other, 5);
  memory.settled(other, 6);
  expect(memory.recall(place, 5)).toEqual([]);
  expect(memory.recall(other, 5)).toEqual([6]);
});
