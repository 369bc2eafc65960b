import { ConfigurationError, createConsumer, createPublisher, deadLetters, type Event } from '@payments/events-core';
import kafkajs, { type Message } from 'kafkajs';
import { describe, expect, test, vi } from 'vitest';
import { connectWith } from '../../bad-days/bad-day.ts';
import { payment, topicOfType, type } from '../support/events.ts';
import { openNamespace, plainKafka, type Namespace } from '../support/namespace.ts';
import { sendWithSnappy } from '../support/snappy.ts';

/** What FastAPI Payments writes, to the byte: floats in major units, microseconds, no id. */
const python =
  '{"event_type": "payment.transaction.succeeded", "timestamp": "2026-11-23T09:00:36.165575+00:00", "data": ' +
  '{"payment_id": "pay_2", "customer_id": "cus_1", "amount": 49.99, "currency": "EUR", "status": "COMPLETED"}}';

/** Another program, with kafkajs. */
async function send(place: Namespace, messages: Message[], compression = kafkajs.CompressionTypes.None): Promise<void> {
  const { DefaultPartitioner } = kafkajs.Partitioners;
  const producer = plainKafka(place.url).producer({ createPartitioner: DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic: `${place.prefix}${topicOfType}`, messages, compression });
  await producer.disconnect();
}

describe('messages of other programs', { timeout: 60_000 }, () => {
  test.each([
    ['plain', kafkajs.CompressionTypes.None],
    ['compressed with gzip', kafkajs.CompressionTypes.GZIP],
  ])('without any header of ours are events like others, %s', async (_how, compression) => {
    const place = await openNamespace();
    await using broker = await connectWith(place.messaging);
    const handled: Event[] = [];
    const consumer = createConsumer({ broker, group: place.group('ledger'), foreign: { amounts: 'major' } });
    consumer.on(type, (event) => void handled.push(event));
    await consumer.start();
    await send(place, [{ value: python }, { key: 'pay_3', value: python.replace('pay_2', 'pay_3') }], compression);
    await vi.waitFor(() => expect(handled).toHaveLength(2), 20_000);
    expect(handled.map(({ data }) => data)).toEqual(
      expect.arrayContaining(['pay_2', 'pay_3'].map((id) => expect.objectContaining({ payment_id: id, amount: 4999 }))),
    );
    expect(new Set(handled.map(({ id }) => id)).size).toBe(2);
  });

  test.each([
    ['not JSON', Buffer.from('hello')],
    ['not text', Buffer.of(0xff, 0xfe, 0x00, 0x80)],
    ['empty', Buffer.alloc(0)],
    ['not there', null],
  ])('a body that is %s goes to the dead letters as it came, and the next event is handled', async (_what, value) => {
    const place = await openNamespace();
    await using broker = await connectWith(place.messaging);
    const group = place.group('ledger');
    const consumer = createConsumer({ broker, group });
    consumer.on(type, () => {});
    await consumer.start();
    await send(place, [
      { key: 'a', value, headers: { 'event-type': type, binary: Buffer.of(0xff), twice: ['1', '2'] } },
    ]);
    await createPublisher({ broker, source: '/tests' }).publish(type, payment);
    await vi.waitFor(() => expect(consumer.stats()).toMatchObject({ handled: 1, deadLettered: 1 }), 20_000);
    const letters: { readonly reason: string; readonly body: string }[] = [];
    for await (const { reason, message } of deadLetters({ broker, group }).list()) {
      letters.push({ reason, body: Buffer.from(message.body).toString('hex') });
    }
    expect(letters).toEqual([{ reason: 'undecodable', body: value?.toString('hex') ?? '' }]);
  });

  test('compressed with what kafkajs cannot read end the consumer with the name of that codec, and health says so', async () => {
    const place = await openNamespace();
    await using broker = await connectWith(place.messaging);
    const group = place.group('ledger');
    const consumer = createConsumer({ broker, group });
    consumer.on(type, () => {});
    await consumer.start();
    const ended = consumer.ended.then(
      () => undefined,
      (error: unknown) => error,
    );
    await sendWithSnappy(place.url, { topic: `${place.prefix}${topicOfType}`, messages: [{ value: python }] });
    const error = await ended;
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(/snappy/i);
    const { status, problems } = await broker.health();
    expect(status).toBe('down');
    expect(problems).toContainEqual(expect.objectContaining({ code: 'not-consuming', group }));
    // It waits for a consumer that can read it.
    expect((await broker.backlog(group)).waiting).toBe(1);
  });
});
