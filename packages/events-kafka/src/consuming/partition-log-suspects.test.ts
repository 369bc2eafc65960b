import { expect, test } from 'vitest';
import { commit, fetch, logOf, type Stored } from './partition-log.test-support.ts';

const crashedTwice = { offset: 5, metadata: '{"v":1,"o":5,"c":[[7,2]]}' };

function suspects(committed: Stored = crashedTwice) {
  const log = logOf(committed);
  fetch(log, 5);
  return log;
}

test('a suspect is handed over only after its mark is confirmed, and alone', () => {
  const log = suspects();
  expect(log.readiness).toBe('suspect');
  const commitment = log.commitment('suspect')!;
  expect(commitment).toMatchObject({ offset: 5, suspect: 5, reservedEnd: undefined });
  expect(log.readiness).toBe('suspect');
  log.committed(commitment);
  expect(log.readiness).toBe('alone');
  expect(log.commitment('suspect')).toBeUndefined();
  expect(log.handOver()).toMatchObject({ offset: 5, unsettled: 2 });
  expect(log.readiness).toBe('wait');
});

test('commits while a suspect is about to be out, or is out, keep its mark', () => {
  const log = suspects();
  const mark = commit(log, 'suspect')!;
  expect(log.commitment('run')).toBeUndefined();
  const handed = log.handOver();
  expect(log.commitment('run')).toBeUndefined();
  expect(logOf(mark).marked).toBe(true);
  log.settle(handed);
  expect(log.commitment('run')).toMatchObject({ offset: 6, suspect: undefined, reservedEnd: undefined });
});

test('the crash of a suspect is charged to it alone', () => {
  const log = suspects();
  const stored = commit(log, 'suspect')!;
  log.handOver();
  const next = suspects(stored);
  expect(next.peek()).toMatchObject({ offset: 5, unsettled: 3 });
  commit(next, 'suspect');
  next.settle(next.handOver());
  expect(next.peek()).toMatchObject({ offset: 6, unsettled: 2 });
  commit(next, 'suspect');
  next.settle(next.handOver());
  expect(next.peek()).toMatchObject({ offset: 7, unsettled: 0 });
  expect(next.readiness).toBe('reserve');
});

test('a suspect that is given back keeps its exact count', () => {
  const log = suspects({ offset: 5, metadata: '{"v":1,"o":5,"c":[[7,2]],"s":[5,6]}' });
  expect(log.peek()).toMatchObject({ unsettled: 7 });
  commit(log, 'suspect');
  log.release(log.handOver());
  log.close();
  const next = suspects(commit(log, 'clean')!);
  expect(next.peek()).toMatchObject({ offset: 5, unsettled: 7 });
});

test('a suspect is not marked while something of its partition is out', () => {
  const log = logOf({ offset: 0, metadata: '' });
  fetch(log, 5);
  commit(log, 'run');
  log.handOver();
  expect(() => log.commitment('suspect')).toThrow('no suspect');
});

test('after one crash fewer are reserved, so that fewer are suspects after the next', () => {
  const log = logOf({ offset: 0, metadata: '{"v":1,"o":0,"w":2048}' });
  fetch(log, 100);
  expect(log.peek()).toMatchObject({ unsettled: 1 });
  expect(log.commitment('run')).toMatchObject({ reservedEnd: 64 });
});

test('what was read as out is taken out of the commit once nothing is', () => {
  const log = logOf({ offset: 3, metadata: '{"v":1,"o":3,"w":9}' });
  expect(log.marked).toBe(true);
  expect(commit(log, 'clean')).toMatchObject({ offset: 3, metadata: '{"v":1,"o":3,"c":[[9,1]]}' });
  expect(log.marked).toBe(false);
});

test('what is parked is waited for by nobody, holds the watermark back, and may be settled later', () => {
  const log = logOf({ offset: 0, metadata: '' });
  fetch(log, 3);
  commit(log, 'run');
  const stuck = log.handOver();
  log.park(stuck);
  expect([log.open, log.idleSince, log.readiness]).toEqual([0, 0, 'free']);
  log.settle(log.handOver());
  expect(log.watermark).toBe(0);
  log.settle(stuck);
  log.settle(stuck);
  expect([log.open, log.watermark, log.unsaid]).toEqual([0, 2, 2]);
});
