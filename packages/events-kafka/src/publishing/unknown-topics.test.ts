import { expect, test } from 'vitest';
import { BrokerUnavailableError, ConfigurationError } from '@payments/events-core';
import { answered, fakeKafka, post, type FakeSend, type Refused } from './fake-kafka.test-support.ts';
import { partitionOf } from './partitioner.ts';

const failureOf = (promise: Promise<string>) => promise.then(expect.unreachable, (error: Refused) => error.failure);

test('a topic of events that is missing is made at the first send, once, and what waited is sent in order', async () => {
  const kafka = fakeKafka();
  const lanes = kafka.lanes();
  const values = ['a', 'b', 'c'];
  const offsets = await Promise.all(values.map((value) => post(lanes, value, { topic: 'new', by: 'k' })));
  const partition = partitionOf('k', 3);
  expect(offsets).toEqual([0, 1, 2].map((offset) => `${partition}/${offset}`));
  expect(kafka.sends.map((send) => send.values)).toEqual([values]);
  expect(kafka.topics.get('new')).toBe(3);
});

test('a topic of copies is never made: they are refused, and events beside them are not', async () => {
  const kafka = fakeKafka();
  const lanes = kafka.lanes();
  const copy = failureOf(post(lanes, 'copy', { topic: 'new', creates: false }));
  const event = post(lanes, 'event', { topic: 'new', partition: 0 });
  expect(await copy).toMatchObject({ outcome: 'rejected', reason: 'unroutable' });
  expect(await event).toBe('0/0');
});

test('what may not be made is refused as unroutable, or as forbidden where that is why', async () => {
  const because = (path: string, cause?: unknown) => new ConfigurationError('no', path, { cause });
  const reasons = [
    [because('topology'), 'unroutable'],
    [because('topology', answered('CLUSTER_AUTHORIZATION_FAILED')), 'forbidden'],
    [because('username'), 'forbidden'],
    [answered('TOPIC_AUTHORIZATION_FAILED'), 'forbidden'],
    [answered('INVALID_TOPIC_EXCEPTION'), 'other'],
  ] as const;
  for (const [error, reason] of reasons) {
    const kafka = fakeKafka();
    kafka.fakeTopics.ensure = () => Promise.reject(error);
    const refused = failureOf(post(kafka.lanes(), 'v', { topic: 'new' }));
    expect(await refused).toMatchObject({ outcome: 'rejected', reason, retryable: false });
  }
});

test('while nobody answers which partitions there are, it is waited for; an abort meanwhile is a refusal', async () => {
  const kafka = fakeKafka();
  const { partitionsOf } = kafka.fakeTopics;
  kafka.fakeTopics.partitionsOf = () => Promise.reject(new BrokerUnavailableError('not now'));
  const lanes = kafka.lanes();
  const controller = new AbortController();
  const gone = failureOf(post(lanes, 'gone', { signal: controller.signal }));
  const stays = post(lanes, 'stays');
  setTimeout(() => controller.abort(), 20);
  expect(await gone).toMatchObject({ outcome: 'rejected', reason: 'disconnected' });
  expect(lanes.owedMs).toBeGreaterThan(10);
  kafka.fakeTopics.partitionsOf = partitionsOf;
  expect(await stays).toBe('0/0');
});

test('a topic that is gone is asked for anew, over a fresh connection, and what waits is spread over what there is then', async () => {
  const kafka = fakeKafka({ partitions: 1 });
  const held: FakeSend[] = [];
  kafka.react((send) => held.push(send));
  const lanes = kafka.lanes();
  const first = failureOf(post(lanes, 'first', { by: 'k' }));
  await expect.poll(() => held.length).toBe(1);
  const values = ['a', 'b', 'c', 'd', 'e', 'f'];
  const later = values.map((value) => post(lanes, value, { by: value }));
  const alone = post(lanes, 'copy', { partition: 0 });
  kafka.topics.set('t', 4);
  kafka.react((send) => send.store());
  held[0]?.fail(answered('UNKNOWN_TOPIC_OR_PARTITION'));
  expect(await first).toMatchObject({ outcome: 'unknown', retryable: true });
  const offsets = await Promise.all(later);
  expect(offsets.map((offset) => Number(offset.split('/')[0]))).toEqual(values.map((value) => partitionOf(value, 4)));
  expect(await alone).toMatch(/^0\//);
  expect(new Set(kafka.sends.slice(1).map(({ instance }) => instance))).toEqual(new Set([1]));
  expect(kafka.instances[0]?.left).toBe(true);
});

test('a partition that there is not is refused, as the client would not send it and resolve', async () => {
  const kafka = fakeKafka({ partitions: 2 });
  const refused = failureOf(post(kafka.lanes(), 'v', { partition: 2 }));
  expect(await refused).toMatchObject({ outcome: 'rejected', reason: 'unroutable' });
});
