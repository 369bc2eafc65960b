import { expect, test } from 'vitest';
import { answered } from '../publishing/fake-kafka.test-support.ts';
import { fakeAdmin, type FakeOffsets } from './fake-admin.test-support.ts';
import { encodeMarks } from './marks.ts';
import { openIntakes } from './open-intakes.ts';
import { createFakeRuntime, createFakeSeat, fetchedOf } from './seat.test-support.ts';
import { createSettledMemory } from './settled-memory.ts';
import { quiet } from './test-clock.test-support.ts';

const topics = { main: ['t'], retry: [{ topic: 'r', stepMs: 1_000 }], now: 'n', dead: 'd' };
const places = ['t', 'r', 'n'].map((topic) => ({ topic, partition: 0 }));

function createBench(offsets: FakeOffsets, { again = false } = {}) {
  const { runtime, clock, notices } = createFakeRuntime();
  const { seat, calls } = createFakeSeat();
  const { admin, asked } = fakeAdmin(offsets);
  const memory = createSettledMemory();
  const over = new AbortController();
  const options = { connection: { runtime, admin }, group: 'g', topics, places, seat, again, memory, arrived() {} };
  return { clock, notices, calls, asked, memory, over, open: () => openIntakes({ ...options, over: over.signal }) };
}

const committed = { 't/0': ['5', null], 'r/0': ['6', null], 'n/0': ['7', null] } as const;

test('each partition begins where the group has committed, and is resumed', async () => {
  const { open, calls } = createBench({ committed });
  const intakes = await open();
  expect(intakes.map(({ log }) => [log.topic, log.position])).toEqual([
    ['t', 5],
    ['r', 6],
    ['n', 7],
  ]);
  expect(calls).toEqual(['resume t/0', 'resume r/0', 'resume n/0']);
});

test('a client that was reading these partitions is sent back to where they are read on', async () => {
  const { open, calls } = createBench({ committed }, { again: true });
  await open();
  expect(calls.filter((call) => call.startsWith('seek'))).toEqual(['seek t/0 5', 'seek r/0 6', 'seek n/0 7']);
});

test('a client is sent to the beginning of a log that was made again: it would begin where the old one was committed', async () => {
  const marks = encodeMarks(2, { settled: [], counts: [], appendedAt: 100 });
  const offsets = { committed: { ...committed, 't/0': ['2', marks] }, begins: { t: ['0'] } } as const;
  const { open, calls } = createBench({ ...offsets, appended: { t: [[200, 201]] } });
  const [intake] = await open();
  expect([intake!.log.position, calls]).toEqual([0, ['resume t/0', 'seek t/0 0', 'resume r/0', 'resume n/0']]);
});

test('what was settled before and is not committed is not handed over again', async () => {
  const { open, memory } = createBench({ committed });
  memory.recall(places[0]!, 5);
  const { fetched } = fetchedOf({ from: 5, count: 3 });
  memory.settled(places[0]!, { offset: 6, timestamp: Number(fetched.batch.messages[1]!.timestamp) });
  const [intake] = await open();
  await Promise.race([intake!.take(fetched), quiet()]);
  expect([intake!.log.peek()?.offset, intake!.log.buffered]).toEqual([5, 2]);
});

test('another message at the offset of a settled one is handed over: the topic was deleted and made again', async () => {
  const { open, memory } = createBench({ committed: {} });
  memory.recall(places[0]!, -1);
  memory.settled(places[0]!, { offset: 0, timestamp: 7 });
  const [intake] = await open();
  await Promise.race([intake!.take(fetchedOf({ from: 0, count: 3 }).fetched), quiet()]);
  expect([intake!.log.peek()?.offset, intake!.log.buffered]).toEqual([0, 3]);
});

test('it asks until there is an answer', async () => {
  const { open, clock } = createBench({ committed, failures: [new Error('no answer'), answered('NOT_COORDINATOR')] });
  const opening = open();
  await clock.advance(20_000);
  expect(await opening).toHaveLength(3);
});

test('where nobody can say whether a log was made again, it is read on after some tries, and asked once more before anything is taken', async () => {
  const marks = encodeMarks(2, { settled: [], counts: [], appendedAt: 100 });
  const silence = new Error('the partition has no leader');
  const failures = Array.from({ length: 4 }, () => [undefined, silence]).flat();
  const { open, clock, asked } = createBench({
    committed: { ...committed, 't/0': ['2', marks] },
    begins: { t: ['0'] },
    failures,
  });
  const opening = open();
  await clock.advance(60_000);
  const [intake] = await opening;
  expect(intake!.log.position).toBe(2);
  const before = asked.length;
  await Promise.race([intake!.take(fetchedOf({ from: 2, count: 2 }).fetched), quiet()]);
  expect(asked.length).toBeGreaterThan(before);
});

test('what the broker refuses is not asked again', async () => {
  const refusal = answered('GROUP_AUTHORIZATION_FAILED');
  const { open } = createBench({ committed, failures: [refusal] });
  await expect(open()).rejects.toBe(refusal);
});

test('when nobody wants them any more nothing is resumed, and nothing is asked again', async () => {
  const failed = createBench({ committed, failures: [new Error('no answer')] });
  const opening = failed.open();
  await quiet();
  failed.over.abort();
  expect(await opening).toEqual([]);
  expect([failed.asked, failed.clock.timers()]).toEqual([[], 0]);
  const late = createBench({ committed });
  const answering = late.open();
  late.over.abort();
  expect(await answering).toEqual([]);
  expect(late.calls).toEqual([]);
});

test('events that Kafka has deleted before they were read are told of, and the rest is read on', async () => {
  const { open, notices, calls } = createBench({ committed, begins: { t: ['9'] } });
  const [intake] = await open();
  await intake!.take(fetchedOf({ from: 9, count: 2 }).fetched);
  await quiet();
  expect([notices, calls.at(-1), intake!.log.position]).toEqual([['loss-suspected'], 'seek t/0 9', 9]);
});

test('a batch of an earlier assignment is no loss', async () => {
  const { open, notices, calls } = createBench({ committed, begins: { t: ['0'] } });
  const [intake] = await open();
  await intake!.take(fetchedOf({ from: 9, count: 2 }).fetched);
  await quiet();
  expect([notices, calls.at(-1)]).toEqual([[], 'seek t/0 5']);
});
