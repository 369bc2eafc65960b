import {
  ConfigurationError,
  connectBroker,
  createConsumer,
  createPublisher,
  deadLetters,
  parseConfig,
  type Broker,
} from '@payments/events-core';
import { rabbitmq, type RabbitmqBroker } from '@payments/events-rabbitmq';
import { describe, expect, test, vi } from 'vitest';
import { expectNoSecret, failureOf, silent } from '../../bad-days/bad-day.ts';
import { connect } from './bad-day.ts';
import { openVirtualHost } from '../support/virtual-host.ts';

const type = 'payment.transaction.succeeded';
const payment = { payment_id: 'pay_1', amount: 4999, currency: 'EUR' };

function consumerOf(broker: Broker, group: string, ordering: 'none' | 'key' = 'none') {
  const handled = Promise.withResolvers<string>();
  const consumer = createConsumer({ broker, group, ordering });
  consumer.on(type, ({ data }) => handled.resolve(data.payment_id));
  return { consumer, handled: handled.promise };
}

/** Connecting may already find it: the exchange is needed by everybody. */
async function startFailure(section: object, group = 'ledger') {
  return failureOf(async () => {
    await using broker = await connect(section);
    await consumerOf(broker, group).consumer.start();
  });
}

/** As docs/brokers/rabbitmq.md tells operators to grant them. */
const names = '^(payments(\\.group-bindings)?$|payment_)';
const documented = {
  declaring: { configure: names, write: '^(payments(\\.group-bindings)?$|payment_|amq\\.default$)', read: names },
  checking: { configure: '^payment_.*\\.sweep-lock$', write: '^(payments$|payment_|amq\\.default$)', read: names },
  publishing: { configure: '^$', write: '^(payments|amq\\.default)$', read: '^$' },
};

describe('the permissions that the documentation asks for', { timeout: 60_000 }, () => {
  test.each(['none', 'key'] as const)('are enough for all there is to do, with ordering %s', async (ordering) => {
    const host = await openVirtualHost();
    const declaring = await host.user(documented.declaring);
    await everythingThereIs(rabbitmq({ url: declaring.url }), ordering);
    const checking = await host.user(documented.checking);
    await everythingThereIs(rabbitmq({ url: checking.url, topology: 'check' }), ordering);
  });

  test('for a publisher alone are enough to publish, also what nobody is bound for', async () => {
    const host = await openVirtualHost();
    await using administrator = await connect({ url: host.url }, { groups: [{ group: 'ledger', patterns: [type] }] });
    expect((await administrator.health()).status).toBe('up');
    const { url } = await host.user(documented.publishing);
    await using broker = await connectBroker(rabbitmq({ url, topology: 'check' }), { logger: silent });
    const publisher = createPublisher({ broker, source: '/tests' });
    await publisher.publish(type, payment);
    await publisher.publish('payment.usage.recorded', { subscription_id: 'sub_1', quantity: 1 });
  });
});

/** Publishes, fails and retries, dead-letters, parks, lists, redrives, handles and discards, and republishes what is parked. */
async function everythingThereIs(adapter: RabbitmqBroker, ordering: 'none' | 'key'): Promise<void> {
  const retry = { maxAttempts: 2, initialDelayMs: 100, jitter: 'none' } as const;
  await using broker = await connectBroker(adapter, { logger: silent });
  const consumer = createConsumer({ broker, group: 'ledger', ordering, retry });
  consumer.on(type, (_event, { redrives }) => {
    if (redrives === 0) throw new Error('not yet');
  });
  await consumer.start();
  const publisher = createPublisher({ broker, source: '/tests' });
  await publisher.publish(type, payment);
  await publisher.publish(type, { ...payment, payment_id: 'pay_2' });
  await publisher.publish('payment.usage.recorded', { subscription_id: 'sub_1', quantity: 1 });
  await vi.waitFor(() => expect(consumer.stats().deadLettered).toBe(2), 20_000);
  const letters = deadLetters({ broker, group: 'ledger' });
  expect(await letters.redrive({ limit: 1 })).toMatchObject({ redriven: 1 });
  await vi.waitFor(() => expect(consumer.stats().handled).toBe(1), 20_000);
  const ids: string[] = [];
  for await (const { id } of letters.list()) ids.push(id);
  expect(await letters.discard({ ids })).toEqual({ discarded: 1, missing: [] });
  expect(await broker.backlog('ledger')).toMatchObject({ dead: 0 });
  expect(await adapter.republishParked()).toMatchObject({ republished: 0, complete: true });
}

describe('a topology that does not fit', { timeout: 60_000 }, () => {
  test('without the permission to declare, starting fails with the permission that is missing', async () => {
    const host = await openVirtualHost();
    const { url, password } = await host.user({ configure: '^$', write: '.*', read: '.*' });
    const { error, tookMs } = await startFailure({ url });
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(/permission/i);
    expect(String(error)).toMatch(/configure/i);
    expectNoSecret(error, password);
    expect(tookMs).toBeLessThan(10_000);
  });

  test("with topology 'check', a user without it publishes and consumes what somebody else has declared", async () => {
    const host = await openVirtualHost();
    await using administrator = await connect({ url: host.url }, { groups: [{ group: 'ledger', patterns: [type] }] });
    expect((await administrator.health()).status).toBe('up');
    const { url } = await host.user({ configure: '^$', write: '.*', read: '.*' });
    await using broker = await connectBroker(rabbitmq({ url, topology: 'check' }), { logger: silent });
    const { consumer, handled } = consumerOf(broker, 'ledger');
    await consumer.start();
    await createPublisher({ broker, source: '/tests' }).publish(type, payment);
    expect(await handled).toBe('pay_1');
  });

  test("with topology 'check', what is missing is named", async () => {
    const host = await openVirtualHost();
    await using administrator = await connect({ url: host.url }, { groups: [{ group: 'ledger', patterns: [type] }] });
    expect((await administrator.health()).status).toBe('up');
    await using broker = await connectBroker(rabbitmq({ url: host.url, topology: 'check' }), { logger: silent });
    const { error } = await failureOf(() => consumerOf(broker, 'nobody').consumer.start());
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toContain('payment_nobody');
  });

  test('a queue that exists with other arguments is named', async () => {
    const host = await openVirtualHost();
    await host.declareQueue('payment_ledger', { arguments: { 'x-queue-type': 'quorum', 'x-max-length': 5 } });
    const { error, tookMs } = await startFailure({ url: host.url });
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toContain('payment_ledger');
    expect(tookMs).toBeLessThan(10_000);
  });

  test('a queue_prefix that meets a queue of the Python library is told so', async () => {
    const host = await openVirtualHost();
    // What FastAPI Payments names its queues: prefix and type with underscores.
    await host.declareQueue('payment_payment_transaction_succeeded', {});
    const { error } = await startFailure({ url: host.url }, 'payment_transaction_succeeded');
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toContain('payment_payment_transaction_succeeded');
    expect(String(error)).toMatch(/queue_?prefix/i);
  });

  test('an exchange of another kind is named, by whoever needs it first', async () => {
    const host = await openVirtualHost();
    await host.declareExchange('payments', { type: 'fanout' });
    const { error, tookMs } = await startFailure({ url: host.url });
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toContain('payments');
    expect(String(error)).toMatch(/topic|kind|type/);
    expect(tookMs).toBeLessThan(10_000);
  });

  test('a topic exchange that another library has declared is used as it is', async () => {
    const host = await openVirtualHost();
    await host.declareExchange('payments', { type: 'topic' });
    await using broker = await connect({ url: host.url });
    const { consumer, handled } = consumerOf(broker, 'ledger');
    await consumer.start();
    await createPublisher({ broker, source: '/tests' }).publish(type, payment);
    expect(await handled).toBe('pay_1');
  });

  test('a group that was declared in no order cannot be had in the order of keys, and the other way round', async () => {
    const host = await openVirtualHost();
    await using first = await connect({ url: host.url }, { groups: [{ group: 'a', patterns: [type] }] });
    const groups = [{ group: 'b', patterns: [type], ordering: 'key' }] as const;
    await using second = await connect({ url: host.url }, { groups });
    for (const [broker, group, ordering] of [
      [first, 'a', 'key'],
      [second, 'b', 'none'],
    ] as const) {
      const { error } = await failureOf(() => consumerOf(broker, group, ordering).consumer.start());
      expect(ConfigurationError.isInstance(error)).toBe(true);
      expect(String(error)).toMatch(/ordering/);
    }
  });

  test('another consumerTimeoutMs goes unnoticed by RabbitMQ: the queues keep the one they were made with', async () => {
    const { url, name, management } = await openVirtualHost();
    const groups = [{ group: 'ledger', patterns: [type] }];
    await using first = await connect({ url }, { groups });
    expect((await first.health()).status).toBe('up');
    const changed = rabbitmq({ url, consumerTimeoutMs: 180_000 });
    await using broker = await connectBroker(changed, { logger: silent, groups });
    expect((await broker.health()).status).toBe('up');
    const queue = await management.request('GET', `/queues/${name}/payment_ledger`);
    expect(queue).toMatchObject({ arguments: { 'x-consumer-timeout': 3_600_000 } });
  });

  test.each(['fanout', 'direct', 'headers'])('exchange_type %s is refused before anything connects', (kind) => {
    const section = { broker_type: 'rabbitmq', url: 'amqp://broker.invalid/', exchange_type: kind };
    const refused = expect.objectContaining({ path: 'messaging.exchange_type' });
    expect(() => parseConfig({ messaging: section })).toThrow(refused);
    const env = { MESSAGING__EXCHANGE_TYPE: kind };
    expect(() => parseConfig({ messaging: { ...section, exchange_type: 'topic' } }, { env })).toThrow(
      expect.objectContaining({ path: 'MESSAGING__EXCHANGE_TYPE' }),
    );
  });
});
