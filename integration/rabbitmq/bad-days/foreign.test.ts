import { createConsumer, createPublisher, deadLetters, type Event } from '@payments/events-core';
import { describe, expect, test, vi } from 'vitest';
import { connect } from './bad-day.ts';
import { openVirtualHost } from '../support/virtual-host.ts';

const type = 'payment.transaction.succeeded';
const payment = { payment_id: 'pay_1', amount: 4999, currency: 'EUR' };

/** What FastAPI Payments writes, to the byte: floats in major units, microseconds, no id. */
const python =
  '{"event_type": "payment.transaction.succeeded", "timestamp": "2026-11-23T09:00:36.165575+00:00", "data": ' +
  '{"payment_id": "pay_2", "customer_id": "cus_1", "amount": 49.99, "currency": "EUR", "status": "COMPLETED"}}';

describe('messages of other programs', { timeout: 60_000 }, () => {
  test('without any header of ours are events like others, from the exchange and straight into the queue', async () => {
    const host = await openVirtualHost();
    await using broker = await connect({ url: host.url });
    const handled: Event[] = [];
    const consumer = createConsumer({ broker, group: 'ledger', foreign: { amounts: 'major' } });
    consumer.on(type, (event) => void handled.push(event));
    await consumer.start();
    await host.publish({ exchange: 'payments', routingKey: type, body: python });
    await host.publish({ exchange: '', routingKey: 'payment_ledger', body: python.replace('pay_2', 'pay_3') });
    await vi.waitFor(() => expect(handled).toHaveLength(2), 20_000);
    expect(handled.map(({ data }) => data)).toEqual(
      expect.arrayContaining(['pay_2', 'pay_3'].map((id) => expect.objectContaining({ payment_id: id, amount: 4999 }))),
    );
    expect(new Set(handled.map(({ id }) => id)).size).toBe(2);
  });

  test.each([
    ['not JSON', 'hello'],
    ['not text', Uint8Array.of(0xff, 0xfe, 0x00, 0x80)],
    ['empty', ''],
  ])('a body that is %s goes to the dead letters as it came, and the next event is handled', async (_what, body) => {
    const host = await openVirtualHost();
    await using broker = await connect({ url: host.url });
    const consumer = createConsumer({ broker, group: 'ledger' });
    consumer.on(type, () => {});
    await consumer.start();
    await host.publish({
      exchange: 'payments',
      routingKey: type,
      body,
      properties: { content_type: 'application/json' },
    });
    await createPublisher({ broker, source: '/tests' }).publish(type, payment);
    await vi.waitFor(() => expect(consumer.stats()).toMatchObject({ handled: 1, deadLettered: 1 }), 20_000);
    const letters: { readonly reason: string; readonly body: string }[] = [];
    for await (const { reason, message } of deadLetters({ broker, group: 'ledger' }).list()) {
      letters.push({ reason, body: Buffer.from(message.body).toString('hex') });
    }
    expect(letters).toEqual([{ reason: 'undecodable', body: Buffer.from(body).toString('hex') }]);
  });
});
