import { createConsumer, createPublisher, InvalidEventError, PublishRejectedError } from '@payments/events-core';
import { describe, expect, test, vi } from 'vitest';
import { expectNoSecret, failureOf } from '../../bad-days/bad-day.ts';
import { connect } from './bad-day.ts';
import { openVirtualHost } from '../support/virtual-host.ts';

const type = 'payment.transaction.succeeded';
const payment = { payment_id: 'pay_1', amount: 4999, currency: 'EUR' };

describe('an event that cannot go where it should', { timeout: 60_000 }, () => {
  test('that nobody is bound for is parked, and health says where', async () => {
    const host = await openVirtualHost();
    await using broker = await connect({ url: host.url });
    await createPublisher({ broker, source: '/tests' }).publish(type, payment);
    await vi.waitFor(async () => expect(await host.ready('payment_.unrouted')).toBe(1), 20_000);
    const { status, problems } = await broker.health();
    expect(status).toBe('degraded');
    expect(problems.map(({ message }) => message).join()).toContain('payment_.unrouted');
  });

  test("that nobody is bound for is refused with unroutable: 'error', and accepted once somebody is", async () => {
    const host = await openVirtualHost();
    await using broker = await connect({ url: host.url, unroutable: 'error' });
    const publisher = createPublisher({ broker, source: '/tests', publishTimeoutMs: 2_000 });
    const { error, tookMs } = await failureOf(() => publisher.publish(type, payment));
    expect(PublishRejectedError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ reason: 'unroutable', message: expect.stringContaining(type) });
    expect(tookMs).toBeLessThan(3_000);
    const consumer = createConsumer({ broker, group: 'ledger' });
    const handled = Promise.withResolvers<string>();
    consumer.on(type, ({ data }) => handled.resolve(data.payment_id));
    await consumer.start();
    await publisher.publish(type, payment);
    expect(await handled.promise).toBe('pay_1');
  });

  test("that is over the broker's limit is refused before a byte of it is sent, and the next one goes", async () => {
    const host = await openVirtualHost();
    await using broker = await connect({ url: host.url }, { groups: [{ group: 'ledger', patterns: [type] }] });
    const publisher = createPublisher({ broker, source: '/tests', maxBodyBytes: 100_000_000 });
    // Above what RabbitMQ itself takes (16 MiB), which would close the channel and everything on it.
    const headers = { 'x-much': 'x'.repeat(1_000) };
    const huge = { ...payment, payment_id: 'x'.repeat(17_000_000) };
    const [good, bad] = await Promise.allSettled([
      publisher.publish(type, payment, { headers }),
      publisher.publish(type, huge, { key: 'huge' }),
    ]);
    expect(good.status).toBe('fulfilled');
    expect(bad).toMatchObject({ status: 'rejected' });
    expect(bad.status === 'rejected' && InvalidEventError.isInstance(bad.reason)).toBe(true);
    await publisher.publish(type, payment);
    await vi.waitFor(async () => expect(await host.ready('payment_ledger')).toBe(2), 20_000);
  });

  test('for which a queue is full is refused as full, and accepted once there is room', async () => {
    const host = await openVirtualHost();
    await using broker = await connect({ url: host.url }, { groups: [{ group: 'ledger', patterns: [type] }] });
    const publisher = createPublisher({ broker, source: '/tests', publishTimeoutMs: 2_000 });
    const relieve = await host.limit('payment_ledger', { 'max-length': 1, overflow: 'reject-publish' });
    const rejected = await vi.waitFor(async () => {
      const { error } = await failureOf(() => publisher.publish(type, payment));
      return error;
    }, 30_000);
    expect(PublishRejectedError.isInstance(rejected)).toBe(true);
    expect(rejected).toMatchObject({ reason: 'full', retryable: true });
    expectNoSecret(rejected, host.password);
    await relieve();
    await vi.waitFor(() => publisher.publish(type, payment), 30_000);
  });
});
