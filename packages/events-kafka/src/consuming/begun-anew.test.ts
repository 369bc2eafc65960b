import { expect, test } from 'vitest';
import { answered } from '../publishing/fake-kafka.test-support.ts';
import { begunAnew } from './begun-anew.ts';
import type { Committed } from './committed.ts';
import { fakeAdmin, type FakeOffsets } from './fake-admin.test-support.ts';
import { encodeMarks } from './marks.ts';

/** One partition after the other: what is committed, and when the newest message was appended that had been read. */
function committed(...places: readonly (readonly [offset: number, appendedAt: number | undefined])[]): Committed[] {
  return places.map(([offset, appendedAt], partition) => {
    const metadata = encodeMarks(offset, { settled: [], counts: [], appendedAt });
    return { topic: 't', partition, offset, metadata, begin: 0 };
  });
}

async function look(offsets: FakeOffsets, places: readonly Committed[]) {
  const { admin, asked } = fakeAdmin(offsets);
  return { anew: Object.fromEntries(await begunAnew(admin, places)), asked };
}

test('a log whose oldest message is newer than what was read of it is another one', async () => {
  const { anew } = await look({ begins: { t: ['0'] }, appended: { t: [[200, 201, 202]] } }, committed([2, 100]));
  expect(anew).toEqual({ 't/0': 0 });
});

test('so is one in which there is nothing yet', async () => {
  const { anew } = await look({ begins: { t: ['0'] }, appended: { t: [[]] } }, committed([2, 100]));
  expect(anew).toEqual({ 't/0': 0 });
});

test('a log in which lies what was read goes on', async () => {
  const { anew, asked } = await look({ begins: { t: ['0'] }, appended: { t: [[99, 100, 200]] } }, committed([2, 100]));
  expect([anew, asked]).toEqual([{}, ['begin t', 't since 101']]);
});

test('a log whose beginning is past what was committed has lost messages, and is asked nothing more', async () => {
  const { anew, asked } = await look({ begins: { t: ['5'] }, appended: { t: [[200]] } }, committed([2, 100]));
  expect([anew, asked]).toEqual([{}, ['begin t']]);
});

test('partitions of one topic are judged each by what was read of it', async () => {
  const offsets = { begins: { t: ['0', '0', '0'] }, appended: { t: [[100, 200], [150], [300, 301]] } };
  const { anew } = await look(offsets, committed([1, 100], [1, 150], [1, 250]));
  expect(anew).toEqual({ 't/2': 0 });
});

test('where the time is not known, or nothing was read, nothing is asked', async () => {
  const { anew, asked } = await look({}, committed([2, undefined], [0, 100]));
  expect([anew, asked]).toEqual([{}, []]);
});

test('a topic that is not there is left to whoever reads it; without an answer nobody knows', async () => {
  const { anew } = await look({ failures: [answered('UNKNOWN_TOPIC_OR_PARTITION')] }, committed([2, 100]));
  expect(anew).toEqual({});
  await expect(look({ failures: [new Error('no answer')] }, committed([2, 100]))).rejects.toThrow('no answer');
});
