import { expect, test } from 'vitest';
import { commit, fetch, logOf, messageAt, messagesFrom } from './partition-log.test-support.ts';
import type { PartitionLog } from './partition-log.ts';

const nothing = { offset: -1, metadata: null };

function begun(count: number): PartitionLog {
  const log = logOf(nothing);
  fetch(log, count);
  commit(log, 'run');
  return log;
}

const handOver = (log: PartitionLog, count: number) => Array.from({ length: count }, () => log.handOver());

test('nothing is handed over before its reservation is confirmed', () => {
  const log = logOf(nothing);
  expect(log.readiness).toBe('nothing');
  fetch(log, 10);
  expect(log.readiness).toBe('reserve');
  const commitment = log.commitment('run')!;
  expect(log.readiness).toBe('reserve');
  expect(() => log.handOver()).toThrow('reserve');
  log.committed(commitment);
  expect(log.readiness).toBe('free');
  expect(log.handOver().offset).toBe(0);
});

test('nothing is committed past what is unfinished, in whichever order the rest is settled', () => {
  const log = begun(5);
  const [first, second, third] = handOver(log, 5);
  log.settle(third!);
  log.settle(second!);
  expect(log.commitment('run')!.offset).toBe(0);
  log.settle(first!);
  expect(log.commitment('run')!.offset).toBe(3);
});

test('what was settled past the watermark is skipped by the next owner', () => {
  const log = begun(6);
  const handed = handOver(log, 5);
  for (const at of [1, 2, 4]) log.settle(handed[at]!);
  const next = logOf(commit(log, 'clean')!);
  fetch(next, 6);
  commit(next, 'run');
  expect(handOver(next, 3).map(({ offset }) => offset)).toEqual([0, 3, 5]);
});

test('what has not been handed over stays for the next owner', () => {
  const log = begun(6);
  for (const one of handOver(log, 2)) log.settle(one);
  log.close();
  expect(log.readiness).toBe('nothing');
  expect(commit(log, 'clean')).toMatchObject({ offset: 2, metadata: '' });
  expect(fetch(log, 3)).toBe(true);
  expect(log.buffered).toBe(0);
});

test('gaps of the log are passed once something after them was fetched', () => {
  const log = logOf({ offset: 10, metadata: '' });
  log.take([messageAt(12), messageAt(20_000)], { from: 10, last: 20_003 });
  commit(log, 'run');
  const first = log.handOver();
  expect(log.readiness).toBe('wait');
  log.settle(first);
  expect(log.watermark).toBe(20_000);
  commit(log, 'run');
  log.settle(log.handOver());
  expect(commit(log, 'clean')).toMatchObject({ offset: 20_004, metadata: '' });
});

test('a batch that does not continue what was taken is not taken', () => {
  const log = logOf({ offset: 100, metadata: '' });
  expect(log.take(messagesFrom(200, 5), { from: 200, last: 204 })).toBe(false);
  expect([log.position, log.buffered]).toEqual([100, 0]);
  expect(log.take(messagesFrom(100, 5), { from: 100, last: 104 })).toBe(true);
  expect([log.position, log.buffered]).toEqual([105, 5]);
});

test('when the next one does not continue it either, what is missing is gone', () => {
  const log = logOf({ offset: 100, metadata: '' });
  expect(log.take(messagesFrom(200, 5), { from: 200, last: 204 })).toBe(false);
  expect(log.take(messagesFrom(250, 5), { from: 250, last: 254 })).toBe(true);
  expect([log.position, log.watermark, log.rewound]).toEqual([255, 250, false]);
  expect(log.take(messagesFrom(300, 5), { from: 300, last: 304 })).toBe(false);
});

test('where the log was cut off at its beginning it goes on behind the cut', () => {
  const log = logOf({ offset: 100, metadata: '' });
  expect(log.take(messagesFrom(200, 5), { from: 200, last: 204 })).toBe(false);
  expect(log.trimmed(200)).toBe(true);
  expect(log.take(messagesFrom(200, 5), { from: 200, last: 204 })).toBe(true);
  expect(log.trimmed(150)).toBe(false);
  expect(log.watermark).toBe(200);
  expect(logOf({ offset: 100, metadata: '' }, 150).position).toBe(150);
});

test('a log that has begun anew is read from its beginning, and what was out of the old one settles nothing', () => {
  const log = logOf({ offset: 100, metadata: '' });
  fetch(log, 5);
  commit(log, 'run');
  const [old] = handOver(log, 2);
  expect(log.take(messagesFrom(0, 3), { from: 0, last: 2 })).toBe(false);
  expect(log.rewound).toBe(false);
  expect(log.take(messagesFrom(0, 3), { from: 0, last: 2 })).toBe(true);
  expect([log.rewound, log.open, log.buffered, log.watermark]).toEqual([true, 0, 3, 0]);
  log.settle(old!);
  expect(log.readiness).toBe('reserve');
  expect(commit(log, 'run')!.offset).toBe(0);
});

test('a reservation is renewed at its half, and stops where marks end', () => {
  const log = begun(20_000);
  const [stuck] = handOver(log, 1_024);
  expect(log.low).toBe(true);
  expect(log.commitment('run')!.reservedEnd).toBe(1_024 + 2_048);
  while (log.readiness !== 'wait') {
    if (log.readiness === 'reserve') commit(log, 'run');
    else log.settle(log.handOver());
  }
  expect(log.peek()!.offset).toBe(8_192);
  expect(Buffer.byteLength(commit(log, 'run')!.metadata!)).toBeLessThanOrEqual(3_500);
  expect(log.low).toBe(false);
  log.settle(stuck!);
  expect(log.readiness).toBe('reserve');
});

test('the same is not said twice, unless it is not known what the broker has', () => {
  const log = begun(3);
  expect(log.commitment('run')).toBeUndefined();
  expect(log.marked).toBe(true);
  const lost = log.commitment('clean');
  expect(lost).toBeDefined();
  expect(log.readiness).toBe('reserve');
  expect(log.marked).toBe(true);
  const again = log.commitment('clean')!;
  log.committed(again);
  expect(log.marked).toBe(false);
  expect(log.commitment('clean')).toBeUndefined();
});

test('an earlier commitment confirmed late reserves nothing', () => {
  const log = logOf(nothing);
  fetch(log, 3);
  const late = log.commitment('run')!;
  log.commitment('clean');
  log.committed(late);
  expect(log.readiness).toBe('reserve');
});

test('a release neither counts nor forgets, and ends the handing over', () => {
  const log = logOf({ offset: 0, metadata: '{"v":1,"o":0,"c":[[9,1]]}' });
  fetch(log, 3);
  commit(log, 'run');
  const [first, second] = handOver(log, 2);
  log.settle(second!);
  log.release(first!);
  expect(log.readiness).toBe('wait');
  log.close();
  const next = logOf(commit(log, 'clean')!);
  fetch(next, 3);
  expect(next.peek()).toMatchObject({ offset: 0, unsettled: 1 });
});

test('it tells since when nothing is out, and how old the oldest unsettled message is', () => {
  let now = 5;
  const log = logOf(nothing, 0, () => now);
  expect([log.idleSince, log.oldestAt]).toEqual([5, undefined]);
  fetch(log, 3);
  commit(log, 'run');
  const handed = handOver(log, 2);
  expect([log.idleSince, log.oldestAt, log.open, log.buffered]).toEqual([undefined, 1_000, 2, 1]);
  now = 9;
  for (const one of handed) log.settle(one);
  expect([log.idleSince, log.oldestAt, log.unsaid]).toEqual([9, 1_002, 2]);
});
