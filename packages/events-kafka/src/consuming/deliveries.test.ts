import type { Settlement } from '@payments/events-core';
import { expect, test } from 'vitest';
import { createDeliveriesBench } from './deliveries.test-support.ts';
import { quiet } from './test-clock.test-support.ts';

const retry: Settlement = { kind: 'retry', delayMs: 300, state: { attempts: '1' } };
const letter: Settlement = { kind: 'deadLetter', reason: 'why', state: { attempts: '9' } };

test('core is given the message with its place, its count and both signals', () => {
  const { handOver, out, lost, recalled, deliveries, counts } = createDeliveriesBench();
  handOver();
  expect(out[0]!.delivery).toMatchObject({ position: 't/0/5', state: {}, unsettled: 0 });
  expect([out[0]!.delivery.signal, out[0]!.delivery.recalled]).toEqual([lost.signal, recalled.signal]);
  expect(Buffer.from(out[0]!.delivery.message.body).toString()).toBe('5');
  expect([deliveries.open, counts.open]).toEqual([1, 1]);
});

test('of a copy core is given the original’s place, time and state', () => {
  const note = { state: { attempts: '3' }, position: 'o/2/7', group: 'g', timestamp: 4_711 };
  const { handOver, out } = createDeliveriesBench({ note });
  handOver();
  expect(out[0]!.delivery).toMatchObject({ position: 'o/2/7', state: { attempts: '3' }, raw: { timestamp: '4711' } });
});

test('an acknowledged one is settled, and its place is free', async () => {
  const { handOver, out, settled, log, deliveries, counts, copies } = createDeliveriesBench();
  handOver();
  out[0]!.settle({ kind: 'ack' });
  await quiet();
  expect([settled, log.watermark, copies.length]).toEqual([['ack 5'], 6, 0]);
  expect([deliveries.open, counts]).toEqual([0, { open: 0, finished: 1, released: 0 }]);
});

test('a retry is settled only when its copy is stored', async () => {
  const { handOver, out, settled, copies, clock, log, deliveries } = createDeliveriesBench();
  handOver();
  out[0]!.settle(retry);
  await quiet();
  expect(copies[0]!.copying).toMatchObject({
    topic: 'g.retry-1000ms',
    settlement: 'retry',
    note: { state: { attempts: '1' }, position: 't/0/5', group: 'g', dueAt: clock.now() + 1_000 },
  });
  expect([settled, log.watermark, deliveries.open]).toEqual([[], 5, 1]);
  copies[0]!.answer(true);
  await quiet();
  expect([settled, log.watermark, deliveries.open]).toEqual([['retry 5'], 6, 0]);
});

test('a retry without a step waits in this process first, unless it is wanted back', async () => {
  const waited = createDeliveriesBench({ steps: [] });
  waited.handOver();
  waited.out[0]!.settle(retry);
  await waited.clock.advance(299);
  expect(waited.copies).toHaveLength(0);
  await waited.clock.advance(1);
  expect(waited.copies[0]!.copying).toMatchObject({ topic: 'g.retry-now' });
  const recalled = createDeliveriesBench({ steps: [] });
  recalled.handOver();
  recalled.out[0]!.settle(retry);
  await recalled.clock.advance(100);
  recalled.recalled.abort();
  await quiet();
  expect(recalled.copies).toHaveLength(1);
});

test('a letter is settled only when it is stored, and core is told after that', async () => {
  const { handOver, out, settled, copies, log } = createDeliveriesBench();
  const told: number[] = [];
  handOver();
  out[0]!.settle({ ...letter, onStored: () => void told.push(log.watermark) });
  await quiet();
  expect(copies[0]!.copying).toMatchObject({ topic: 'g.dead', partition: 0, settlement: 'deadLetter' });
  expect([settled, told]).toEqual([[], []]);
  copies[0]!.answer(true);
  await quiet();
  expect([settled, told]).toEqual([['deadLetter 5'], [6]]);
});

test('one that is released is neither settled nor counted, and nothing follows it', async () => {
  const { handOver, out, settled, log, counts, copies } = createDeliveriesBench();
  handOver();
  out[0]!.settle({ kind: 'release' });
  await quiet();
  expect([settled, copies.length, log.watermark, log.unsaid, log.readiness]).toEqual([[], 0, 5, 0, 'wait']);
  expect(counts).toEqual({ open: 0, finished: 1, released: 1 });
  expect(log.commitment('clean')?.metadata).toBe('');
});

test.for<Settlement>([{ kind: 'ack' }, { kind: 'release' }, retry, letter])(
  'after the right is gone nothing is settled: %j',
  async (settlement) => {
    const { handOver, out, settled, right, counts, copies, log, failures } = createDeliveriesBench();
    handOver();
    right.mine = false;
    out[0]!.settle(settlement);
    await quiet();
    expect([settled, copies, failures, log.watermark, log.unsaid]).toEqual([[], [], [], 5, 0]);
    expect(counts).toEqual({ open: 0, finished: 1, released: 0 });
  },
);

test('a copy that is stored after the right is gone settles nothing, and core is told of no letter', async () => {
  for (const stored of [true, false]) {
    const { handOver, out, settled, right, copies, counts } = createDeliveriesBench();
    let told = 0;
    handOver();
    out[0]!.settle({ ...letter, onStored: () => void (told += 1) });
    await quiet();
    right.mine = !stored;
    copies[0]!.answer(stored);
    await quiet();
    expect([settled, told, counts.open]).toEqual([[], 0, 0]);
  }
});

test('what cannot be copied counts no longer, holds the watermark back, and is settled when it could be', async () => {
  const { handOver, out, settled, copies, counts, log, deliveries } = createDeliveriesBench();
  handOver();
  out[0]!.settle(letter);
  await quiet();
  copies[0]!.copying.stuck?.();
  copies[0]!.copying.stuck?.();
  expect([deliveries.open, counts, log.open]).toEqual([0, { open: 0, finished: 1, released: 0 }, 0]);
  await deliveries.idle();
  expect(log.watermark).toBe(5);
  copies[0]!.answer(true);
  await quiet();
  expect([settled, log.watermark, counts]).toEqual([['deadLetter 5'], 6, { open: 0, finished: 1, released: 0 }]);
});

test('one that cannot be copied when the right is gone already is not parked', async () => {
  const { handOver, out, copies, counts, lost, log } = createDeliveriesBench();
  handOver();
  out[0]!.settle(letter);
  await quiet();
  lost.abort();
  copies[0]!.copying.stuck?.();
  expect([counts.finished, log.open]).toEqual([0, 1]);
});

test('what was out of a log that has begun anew is not settled in the new one', async () => {
  const { handOver, out, settled, log, deliveries } = createDeliveriesBench();
  handOver();
  for (let count = 0; count < 2; count += 1) log.take([], { from: 0, last: -1 });
  out[0]!.settle({ kind: 'ack' });
  await quiet();
  expect([settled, log.watermark, deliveries.open]).toEqual([[], 0, 0]);
});

test('it is idle when nothing is out', async () => {
  const { handOver, out, deliveries } = createDeliveriesBench();
  let idle = 0;
  await deliveries.idle();
  handOver();
  handOver();
  for (let count = 0; count < 2; count += 1) void deliveries.idle().then(() => (idle += 1));
  out[1]!.settle({ kind: 'ack' });
  await quiet();
  expect(idle).toBe(0);
  out[0]!.settle({ kind: 'ack' });
  await quiet();
  expect(idle).toBe(2);
});

test('a delivery that rejects, which it must not, is a failure, and is out no longer', async () => {
  const { handOver, out, deliveries, failures, settled } = createDeliveriesBench();
  const error = new Error('broken');
  handOver();
  out[0]!.fail(error);
  await quiet();
  expect([failures, deliveries.open, settled]).toEqual([[error], 0, []]);
});
