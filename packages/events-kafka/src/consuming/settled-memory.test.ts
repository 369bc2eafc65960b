import { expect, test } from 'vitest';
import { createSettledMemory } from './settled-memory.ts';

const place = { topic: 't', partition: 0 };
const message = (offset: number) => ({ offset, timestamp: 1_000 + offset });

function createBench(committed = 5) {
  const memory = createSettledMemory();
  memory.recall(place, committed);
  return memory;
}

test('what was settled and never committed is known when the partition comes back', () => {
  const memory = createBench();
  memory.settled(place, message(6));
  memory.settled(place, message(8));
  expect([...memory.recall(place, 5).keys()]).toEqual([6, 8]);
  expect([...memory.recall(place, 5).keys()]).toEqual([6, 8]);
});

test('what was in a commit without an answer is known as well', () => {
  const memory = createBench();
  memory.settled(place, message(6));
  memory.telling({ ...place, position: 100 });
  memory.settled(place, message(9));
  expect([...memory.recall(place, 5).keys()]).toEqual([6, 9]);
});

test('what is committed for certain is forgotten, what was settled since is not', () => {
  const memory = createBench();
  memory.settled(place, message(6));
  memory.telling({ ...place, position: 100 });
  memory.settled(place, message(9));
  memory.told(place, { offset: 5 });
  expect([...memory.recall(place, 5).keys()]).toEqual([9]);
});

test('what lies below the committed offset need not be known', () => {
  const memory = createBench();
  memory.settled(place, message(5));
  memory.settled(place, message(7));
  expect([...memory.recall(place, 6).keys()]).toEqual([7]);
});

test('an offset that somebody has set back wants everything again', () => {
  const memory = createBench();
  memory.settled(place, message(6));
  memory.telling({ ...place, position: 100 });
  memory.told(place, { offset: 7 });
  memory.settled(place, message(8));
  expect([...memory.recall(place, 6).keys()]).toEqual([]);
  expect([...memory.recall(place, 7).keys()]).toEqual([]);
});

test('a log that has begun anew is not known, nor what is settled of it before it is read anew', () => {
  const memory = createBench();
  memory.settled(place, message(6));
  memory.forget(place);
  memory.settled(place, message(7));
  memory.telling({ ...place, position: 100 });
  memory.told(place, { offset: 8 });
  expect([...memory.recall(place, 0).keys()]).toEqual([]);
});

test('partitions are remembered apart from each other', () => {
  const memory = createBench();
  const other = { topic: 't', partition: 1 };
  memory.recall(other, 5);
  memory.settled(other, message(6));
  expect([...memory.recall(place, 5).keys()]).toEqual([]);
  expect([...memory.recall(other, 5).keys()]).toEqual([6]);
});

test('what was not read again is in no commit: it stays known', () => {
  const memory = createBench();
  memory.settled(place, message(6));
  memory.settled(place, message(9));
  memory.recall(place, 5);
  memory.telling({ ...place, position: 8 });
  memory.told(place, { offset: 7 });
  expect(memory.recall(place, 7)).toEqual(new Map([[9, 1_009]]));
});
