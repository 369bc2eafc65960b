import { expect, test } from 'vitest';
import { SendError, type OutgoingMessage } from '@payments/events-core';
import { createProducer } from './producer.ts';
import { createCopies, CopyError } from './publishing/copies.ts';
import { answered, fakeKafka, never, type FakeSend } from './publishing/fake-kafka.test-support.ts';
import { partitionOf } from './publishing/partitioner.ts';

const settings = { topicPrefix: 'p_', topicStrategy: 'entity' } as const;

function message(over: Partial<OutgoingMessage> = {}): OutgoingMessage {
  const { id = 'one', type = 'payment.order.placed' } = over;
  return { id, type, headers: { 'event-id': id, 'event-type': type }, body: Buffer.from('{}'), ...over };
}

function open(partitions = 4) {
  const kafka = fakeKafka();
  kafka.topics.set('p_order', partitions);
  const lanes = kafka.lanes();
  return { kafka, lanes, producer: createProducer({ lanes, settings }), copies: createCopies(lanes) };
}

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable(),
    (error: SendError) => error,
  );

test('an event is told its position; what has no key is spread by its id', async () => {
  const { producer, kafka } = open();
  const keyed = await producer.send(message({ key: 'kéy' }), { signal: never });
  expect(keyed).toEqual({ position: `p_order/${partitionOf('kéy', 4)}/0`, duplicate: false });
  await producer.send(message({ id: 'two' }), { signal: never });
  expect(kafka.sends.map(({ partition }) => partition)).toEqual([partitionOf('kéy', 4), partitionOf('two', 4)]);
});

test('what cannot be sent is refused before anything is written', async () => {
  const { producer, kafka } = open();
  const large = [
    message({ body: Buffer.alloc(1_048_588) }),
    message({ body: Buffer.alloc(1_000_000), key: 'é'.repeat(20_000) }),
    message({ headers: { 'x-large': 'x'.repeat(17_000) } }),
  ];
  for (const one of large) {
    const error = await errorOf(producer.send(one, { signal: never }));
    expect(error).toMatchObject({ code: 'EVENTS_SEND', outcome: 'rejected', reason: 'too-large', retryable: false });
  }
  const gone = await errorOf(producer.send(message(), { signal: AbortSignal.abort() }));
  expect(gone).toMatchObject({ outcome: 'rejected', reason: 'disconnected', retryable: true });
  const unnamed = await errorOf(producer.send(message({ type: `payment.${'x'.repeat(300)}` }), { signal: never }));
  expect(unnamed).toMatchObject({ outcome: 'rejected', reason: 'other', retryable: false });
  expect(kafka.sends).toEqual([]);
  // Nearly too large, and counted exactly.
  await producer.send(message({ headers: { 'x-large': 'é'.repeat(8_000) } }), { signal: never });
});

test('a failure says which event it was, and the permission that is missing is remembered until it is there', async () => {
  const { producer, kafka } = open();
  kafka.react((send) => send.fail(answered('TOPIC_AUTHORIZATION_FAILED')));
  const error = await errorOf(producer.send(message(), { signal: never }));
  expect(error).toMatchObject({ outcome: 'rejected', reason: 'forbidden' });
  expect(error.message).toMatch(/^payment\.order\.placed one was refused for topic "p_order": /);
  expect(producer.forbidden).toMatch(/TOPIC_AUTHORIZATION_FAILED/);
  kafka.react((send) => send.store());
  await producer.send(message(), { signal: never });
  expect(producer.forbidden).toBeUndefined();
});

test('a copy goes where it is told to, else where its position leads, and to no topic that there is not', async () => {
  const { copies, kafka } = open();
  const record = { key: 'k', value: null, headers: {}, position: 't/0/17' };
  await copies.store('p_order', record, { signal: never });
  await copies.store('p_order', record, { partition: 3, signal: never });
  await copies.store('p_order', record, { by: 'other', signal: never });
  const expected = [partitionOf('t/0/17', 4), 3, partitionOf('other', 4)];
  expect(kafka.sends.map(({ partition }) => partition)).toEqual(expected);
  const missing = await errorOf(copies.store('none', record, { signal: never }));
  expect(missing).toBeInstanceOf(CopyError);
  expect(missing.reason).toBe('unroutable');
  kafka.react((send) => send.fail(answered('MESSAGE_TOO_LARGE')));
  expect((await errorOf(copies.store('p_order', record, { signal: never }))).reason).toBe('too-large');
});

test("a copy that nobody waits for any longer is rejected with its signal's reason", async () => {
  const { copies, kafka } = open();
  const held: FakeSend[] = [];
  kafka.react((send) => held.push(send));
  const controller = new AbortController();
  const record = { key: null, value: Buffer.from('17'), headers: {} };
  const stored = errorOf(copies.store('p_order', record, { signal: controller.signal }));
  await expect.poll(() => held.length).toBe(1);
  const why = new Error('the right is lost');
  controller.abort(why);
  expect(await stored).toBe(why);
  expect(await errorOf(copies.store('p_order', record, { signal: controller.signal }))).toBe(why);
});

test('drain waits for what is open', async () => {
  const { producer } = open();
  let stored = 0;
  for (let index = 0; index < 500; index += 1)
    void producer.send(message({ id: `id-${index}` }), { signal: never }).then(() => (stored += 1));
  await producer.drain(never);
  await Promise.resolve();
  expect(stored).toBe(500);
  expect(producer.owedMs).toBe(0);
});
