import { expect, test } from 'vitest';
import { systemClock } from '@payments/events-core';
import { steppedClock } from '../connection/sockets.test-support.ts';
import { answered, ended, fakeKafka, never, post, type FakeSend, type Refused } from './fake-kafka.test-support.ts';

const failureOf = (promise: Promise<string>) => promise.then(expect.unreachable, (error: Refused) => error.failure);
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a connection is waited for, however often it cannot be made; an abort meanwhile says why there is none', async () => {
  const kafka = fakeKafka();
  kafka.connectBy(() => Promise.reject(new Error('connect ECONNREFUSED')));
  const lanes = kafka.lanes();
  const controller = new AbortController();
  const gone = failureOf(post(lanes, 'gone', { signal: controller.signal }));
  const stays = post(lanes, 'stays');
  await expect.poll(() => kafka.instances.length).toBeGreaterThan(2);
  controller.abort();
  expect(await gone).toMatchObject({
    outcome: 'rejected',
    reason: 'disconnected',
    said: /ECONNREFUSED/ as unknown as string,
  });
  kafka.connectBy(() => Promise.resolve());
  expect(await stays).toBe('0/0');
  // Each try was an instance of its own, and freed what it had.
  expect(kafka.instances.findIndex(({ destroyed }) => destroyed === undefined)).toBe(kafka.instances.length - 1);
  expect(kafka.configuration).toMatchObject({
    idempotent: false,
    allowAutoTopicCreation: false,
    retry: { retries: 0 },
  });
});

test('while the login is refused, what waits and what comes is refused, and the next connection is tried all the same', async () => {
  const kafka = fakeKafka();
  const refusal = Object.assign(new Error('SASL PLAIN authentication failed'), {
    name: 'KafkaJSSASLAuthenticationError',
  });
  kafka.connectBy(() => Promise.reject(refusal));
  const lanes = kafka.lanes();
  expect(await failureOf(post(lanes, 'waits'))).toMatchObject({ outcome: 'rejected', reason: 'forbidden' });
  expect(await failureOf(post(lanes, 'comes'))).toMatchObject({ outcome: 'rejected', reason: 'forbidden' });
  kafka.connectBy(() => Promise.resolve());
  const made = kafka.instances.length;
  await expect.poll(() => kafka.instances.length).toBeGreaterThan(made);
  await turn();
  expect(await post(lanes, 'again')).toBe('0/0');
});

test('a lost connection is replaced, and what waits goes over the next one', async () => {
  const kafka = fakeKafka();
  const held: FakeSend[] = [];
  kafka.react((send) => held.push(send));
  const lanes = kafka.lanes();
  const lost = failureOf(post(lanes, 'lost'));
  await expect.poll(() => held.length).toBe(1);
  const next = post(lanes, 'next');
  kafka.react((send) => send.store());
  held[0]?.fail(ended('KafkaJSConnectionError', 'connect ECONNREFUSED'));
  expect(await lost).toMatchObject({ outcome: 'unknown', reason: 'disconnected' });
  expect(await next).toBe('0/0');
  expect(kafka.sends.map(({ instance }) => instance)).toEqual([0, 1]);
});

test('one broker of several that is away costs nobody else a connection', async () => {
  const kafka = fakeKafka({ partitions: 2 });
  const held: FakeSend[] = [];
  kafka.react((send) => (send.partition === 0 ? held.push(send) : send.store()));
  const lanes = kafka.lanes();
  const lost = failureOf(post(lanes, 'lost', { partition: 0 }));
  await expect.poll(() => held.length).toBe(1);
  await systemClockTick();
  await post(lanes, 'other', { partition: 1 });
  held[0]?.fail(ended('KafkaJSConnectionClosedError'));
  await lost;
  await post(lanes, 'other', { partition: 1 });
  expect(kafka.instances).toHaveLength(1);
});

/** Until the clock shows another time. */
async function systemClockTick(): Promise<void> {
  const before = systemClock.elapsed();
  while (systemClock.elapsed() <= before + 1) await turn();
}

test('two answers in a row that are late have the connection made anew, not one', async () => {
  const kafka = fakeKafka();
  kafka.react((send) => send.fail(ended('KafkaJSRequestTimeoutError')));
  const lanes = kafka.lanes();
  const late = { outcome: 'unknown', reason: 'timeout' };
  expect(await failureOf(post(lanes, 'one'))).toMatchObject(late);
  kafka.react((send) => send.store());
  await post(lanes, 'two');
  kafka.react((send) => send.fail(ended('KafkaJSRequestTimeoutError')));
  expect(await failureOf(post(lanes, 'three'))).toMatchObject(late);
  expect(kafka.instances[0]?.cut).toBeUndefined();
  expect(await failureOf(post(lanes, 'four'))).toMatchObject(late);
  expect(kafka.instances[0]?.cut).toMatch(/does not answer/);
  expect(kafka.instances).toHaveLength(1);
});

test('a send that the client never ends is given up with its connection, and the lane goes on', async () => {
  const clock = steppedClock();
  const kafka = fakeKafka({ clock });
  const held: FakeSend[] = [];
  kafka.react((send) => held.push(send));
  const lanes = kafka.lanes();
  const stuck = failureOf(post(lanes, 'stuck'));
  await turn();
  await turn();
  const behind = post(lanes, 'behind');
  kafka.react((send) => send.store());
  clock.pass(3_999);
  expect(kafka.instances[0]?.destroyed).toBeUndefined();
  expect(lanes.owedMs).toBe(3_999);
  clock.pass(1);
  expect(await stuck).toMatchObject({ outcome: 'unknown', reason: 'timeout' });
  expect(kafka.instances[0]?.destroyed).toMatch(/has not ended a send/);
  for (let at = 0; at < 10; at += 1) {
    clock.pass(100);
    await turn();
  }
  expect(await behind).toBe('0/0');
  // Too late to count.
  held[0]?.store();
  await turn();
  expect(lanes.owedMs).toBe(0);
  await lanes.close(never);
});

test('what another topic has to do with it does not stay: a topic that may not be written to costs one connection', async () => {
  const kafka = fakeKafka();
  kafka.react((send) => send.fail(answered('TOPIC_AUTHORIZATION_FAILED')));
  const lanes = kafka.lanes();
  expect(await failureOf(post(lanes, 'v'))).toMatchObject({ outcome: 'rejected', reason: 'forbidden' });
  kafka.react((send) => send.store());
  await post(lanes, 'w');
  expect(kafka.sends.map(({ instance }) => instance)).toEqual([0, 1]);
});

test('close says goodbye, also while a connection is being made, and leaves nothing open', async () => {
  const ready = fakeKafka();
  const lanes = ready.lanes();
  await post(lanes, 'v');
  await lanes.close(never);
  expect(ready.instances[0]).toMatchObject({ left: true, destroyed: expect.any(String) as string });

  const slow = fakeKafka();
  slow.connectBy(() => new Promise(() => {}));
  const connecting = slow.lanes();
  const waiting = failureOf(post(connecting, 'v'));
  await turn();
  await connecting.close(never);
  expect(await waiting).toMatchObject({ outcome: 'rejected', reason: 'disconnected' });
  expect(slow.instances.map(({ destroyed }) => destroyed)).toEqual(['The Kafka adapter was closed.']);
});
