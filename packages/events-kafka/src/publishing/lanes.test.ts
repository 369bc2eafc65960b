import { expect, test } from 'vitest';
import { answered, ended, fakeKafka, never, post, type FakeSend, type Refused } from './fake-kafka.test-support.ts';

const some = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `v${from + index}`);
const failureOf = (promise: Promise<string>) => promise.then(expect.unreachable, (error: Refused) => error.failure);

test('what is posted in one go is sent at once, in order, and each is told its own offset', async () => {
  const kafka = fakeKafka();
  const lanes = kafka.lanes();
  expect(await Promise.all(some(150).map((value) => post(lanes, value)))).toEqual(some(150).map((_, at) => `0/${at}`));
  expect(kafka.sends.map(({ values }) => values)).toEqual([some(100), some(50, 100)]);
});

test('a lane has one send on its way, whatever waits; others pass it by, four at once', async () => {
  const kafka = fakeKafka({ partitions: 6 });
  const held: FakeSend[] = [];
  kafka.react((send) => held.push(send));
  const lanes = kafka.lanes();
  const posts = [0, 1, 2, 3, 4, 5].flatMap((partition) => some(120).map((value) => post(lanes, value, { partition })));
  await expect.poll(() => held.length).toBe(4);
  expect(held.map(({ partition, values }) => [partition, values.length])).toEqual([0, 1, 2, 3].map((at) => [at, 100]));
  kafka.react((send) => send.store());
  // The lane that was served last is behind those that have waited.
  held[2]?.store();
  await expect.poll(() => kafka.sends.length).toBe(9);
  expect(kafka.sends.slice(4).map(({ partition }) => partition)).toEqual([4, 5, 2, 4, 5]);
  for (const send of held) send.store();
  await Promise.all(posts);
  for (const partition of [0, 1, 2, 3, 4, 5])
    expect(kafka.sends.filter((send) => send.partition === partition).flatMap(({ values }) => values)).toEqual(
      some(120),
    );
});

test('a send is bounded in bytes, and one that is larger goes alone', async () => {
  const kafka = fakeKafka();
  const lanes = kafka.lanes();
  const bytes = [100_000, 100_000, 100_000, 900_000, 10];
  await Promise.all(bytes.map((size, at) => post(lanes, `v${at}`, { bytes: size })));
  expect(kafka.sends.map(({ values }) => values)).toEqual([['v0', 'v1'], ['v2'], ['v3'], ['v4']]);
});

test("the client's success is not believed without an offset for this topic and partition", async () => {
  const row = { topicName: 't', partition: 0, errorCode: 0, baseOffset: '5' };
  const lies = [
    [{ ...row, topicName: 'other' }],
    [{ ...row, partition: 1 }],
    [{ ...row, errorCode: 7 }],
    [{ ...row, baseOffset: '-1' }],
    [{ topicName: 't', partition: 0, errorCode: 0 }],
  ];
  for (const rows of lies) {
    const kafka = fakeKafka();
    kafka.react((send) => send.answer(rows));
    const lanes = kafka.lanes();
    expect(await failureOf(post(lanes, 'v'))).toMatchObject({ outcome: 'unknown', reason: 'other', retryable: true });
    kafka.react((send) => send.store());
    expect(await post(lanes, 'w')).toBe('0/0');
    // Its knowledge of the topic may be old.
    expect(kafka.sends.map(({ instance }) => instance)).toEqual([0, 1]);
    expect(kafka.asked).toEqual(['t', 't']);
  }
});

test('what the client has not sent, and resolved, is sent again over a fresh connection, in order', async () => {
  const kafka = fakeKafka();
  kafka.react((send) => {
    send.answer([]);
    kafka.react((next) => next.store());
  });
  const lanes = kafka.lanes();
  expect(await Promise.all(some(150).map((value) => post(lanes, value)))).toEqual(some(150).map((_, at) => `0/${at}`));
  expect(kafka.sends.map(({ instance, values }) => [instance, values[0]])).toEqual([
    [0, 'v0'],
    [1, 'v0'],
    [1, 'v100'],
  ]);
});

test('a partition that nobody leads is waited for; an abort meanwhile is a refusal that says so', async () => {
  const kafka = fakeKafka();
  kafka.react((send) => send.fail(ended('KafkaJSBrokerNotFound', 'Broker -1 not found in the cached metadata')));
  const lanes = kafka.lanes();
  const controller = new AbortController();
  const gone = failureOf(post(lanes, 'gone', { signal: controller.signal }));
  const stays = post(lanes, 'stays');
  await expect.poll(() => kafka.sends.length).toBeGreaterThan(2);
  // Between two tries: one that is on its way may be stored.
  controller.abort();
  expect(await gone).toMatchObject({ outcome: 'rejected', reason: 'disconnected' });
  expect((await gone).said).toMatch(/not sent.*no leader/);
  kafka.react((send) => send.store());
  expect(await stays).toBe('0/0');
  expect(kafka.instances).toHaveLength(1);
});

test('a batch that is too large is halved until what is to blame is alone, and the others are stored in order', async () => {
  const kafka = fakeKafka();
  kafka.react((send) => (send.values.includes('v37') ? send.fail(answered('MESSAGE_TOO_LARGE')) : send.store()));
  const lanes = kafka.lanes();
  const posts = some(100).map((value) => post(lanes, value));
  expect(await failureOf(posts[37]!)).toMatchObject({ outcome: 'rejected', reason: 'too-large', retryable: false });
  const offsets = await Promise.all(posts.toSpliced(37, 1));
  expect(offsets).toEqual(some(99).map((_, at) => `0/${at}`));
  const stored = kafka.sends.filter(({ values }) => !values.includes('v37')).flatMap(({ values }) => values);
  expect(stored).toEqual(some(100).toSpliced(37, 1));
  expect(kafka.sends.length).toBeLessThan(20);
});

test('a topic that takes little at once is sent little at once, without losing anything', async () => {
  const kafka = fakeKafka();
  kafka.react((send) => (send.values.length > 7 ? send.fail(answered('RECORD_LIST_TOO_LARGE')) : send.store()));
  const lanes = kafka.lanes();
  expect(await Promise.all(some(300).map((value) => post(lanes, value)))).toEqual(some(300).map((_, at) => `0/${at}`));
});

test('a send that fails tells each of its messages, and those behind it go on', async () => {
  const kafka = fakeKafka();
  kafka.react((send) => {
    send.fail(ended('KafkaJSConnectionClosedError'));
    kafka.react((next) => next.store());
  });
  const lanes = kafka.lanes();
  const posts = some(150).map((value) => post(lanes, value));
  for (const one of posts.slice(0, 100))
    expect(await failureOf(one)).toMatchObject({ outcome: 'unknown', reason: 'disconnected', retryable: true });
  expect(await Promise.all(posts.slice(100))).toEqual(some(50).map((_, at) => `0/${at}`));
});

test('an abort before the send began ends in a refusal, one after it in nobody knowing; the lane waits for the send', async () => {
  const kafka = fakeKafka();
  const held: FakeSend[] = [];
  kafka.react((send) => held.push(send));
  const lanes = kafka.lanes();
  const [one, other] = [new AbortController(), new AbortController()];
  const sent = failureOf(post(lanes, 'sent', { signal: one.signal }));
  const beside = post(lanes, 'beside');
  await expect.poll(() => held.length).toBe(1);
  const waiting = failureOf(post(lanes, 'waiting', { signal: other.signal }));
  const behind = post(lanes, 'behind');
  one.abort();
  other.abort();
  expect(await sent).toMatchObject({ outcome: 'unknown', reason: 'timeout', retryable: true });
  expect(await waiting).toMatchObject({ outcome: 'rejected', reason: 'disconnected', retryable: true });
  expect(held).toHaveLength(1);
  kafka.react((send) => send.store());
  held[0]?.store();
  expect(await Promise.all([beside, behind])).toEqual(['0/1', '0/2']);
  expect(kafka.sends.map(({ values }) => values)).toEqual([['sent', 'beside'], ['behind']]);
});

test('what was aborted while its batch was refused is not sent again', async () => {
  const kafka = fakeKafka();
  const held: FakeSend[] = [];
  kafka.react((send) => held.push(send));
  const lanes = kafka.lanes();
  const controller = new AbortController();
  const gone = failureOf(post(lanes, 'gone', { signal: controller.signal }));
  const stays = [post(lanes, 'a'), post(lanes, 'b')];
  await expect.poll(() => held.length).toBe(1);
  controller.abort();
  await gone;
  kafka.react((send) => send.store());
  held[0]?.fail(answered('MESSAGE_TOO_LARGE'));
  await Promise.all(stays);
  expect(kafka.sends.slice(1).flatMap(({ values }) => values)).toEqual(['a', 'b']);
});

test('drain waits for all that is open; at abort it ends what is', async () => {
  const kafka = fakeKafka();
  const held: FakeSend[] = [];
  kafka.react((send) => held.push(send));
  const lanes = kafka.lanes();
  const first = post(lanes, 'first');
  const drained = lanes.drain(never);
  await expect.poll(() => held.length).toBe(1);
  held[0]?.store();
  await drained;
  expect(await first).toBe('0/0');
  const second = failureOf(post(lanes, 'second'));
  await expect.poll(() => held.length).toBe(2);
  expect(lanes.owedMs).toBeGreaterThanOrEqual(0);
  await lanes.drain(AbortSignal.abort());
  expect(await second).toMatchObject({ outcome: 'unknown' });
  await lanes.close(AbortSignal.abort());
  expect(kafka.instances.map(({ destroyed }) => destroyed)).toEqual(['The Kafka adapter was closed.']);
});
