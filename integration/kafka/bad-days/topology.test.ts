import {
  ConfigurationError,
  connectBroker,
  createConsumer,
  createPublisher,
  type Broker,
  type Consumer,
} from '@payments/events-core';
import { kafka } from '@payments/events-kafka';
import kafkajs from 'kafkajs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { connectWith, failureOf, silent } from '../../bad-days/bad-day.ts';
import { payment, topicOfType, type } from '../support/events.ts';
import { openNamespace, plainKafka, type Namespace } from '../support/namespace.ts';

const invoiced = 'payment.invoice.paid';

function consumerOf(broker: Broker, group: string, ordering: 'none' | 'key' = 'none') {
  const handled: string[] = [];
  const consumer: Consumer = createConsumer({ broker, group, ordering });
  consumer.on(type, ({ id }) => void handled.push(id));
  return { consumer, handled };
}

const checking = ({ url, prefix }: Namespace) =>
  connectBroker(kafka({ url, topicPrefix: prefix, topology: 'check' }), { logger: silent });

describe('topics that are not as they should be', { timeout: 60_000 }, () => {
  test("with topology 'check', what is missing is named, and nothing is created", async () => {
    const place = await openNamespace();
    await using broker = await checking(place);
    const { error, tookMs } = await failureOf(() => consumerOf(broker, place.group('ledger')).consumer.start());
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toContain(`${place.prefix}${topicOfType}`);
    expect(tookMs).toBeLessThan(10_000);
    expect(await place.topics()).toEqual([]);
  });

  test("with topology 'check', what somebody else has declared is used", async () => {
    const place = await openNamespace();
    const group = place.group('ledger');
    await using administrator = await connectWith(place.messaging, { groups: [{ group, patterns: [type] }] });
    expect((await administrator.health()).status).toBe('up');
    await using broker = await checking(place);
    const { consumer, handled } = consumerOf(broker, group);
    await consumer.start();
    await createPublisher({ broker, source: '/tests' }).publish(type, payment, { id: 'one' });
    await vi.waitFor(() => expect(handled).toEqual(['one']), 20_000);
  });

  test('a topic that somebody has made with other settings is used as it is', async () => {
    const place = await openNamespace();
    const topic = `${place.prefix}${topicOfType}`;
    await place.admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: false });
    await using broker = await connectWith(place.messaging);
    const { consumer, handled } = consumerOf(broker, place.group('ledger'));
    await consumer.start();
    const publisher = createPublisher({ broker, source: '/tests' });
    const ids = Array.from({ length: 20 }, (_, index) => `event-${index}`);
    await Promise.all(ids.map((id) => publisher.publish(type, { ...payment, payment_id: id }, { id })));
    await vi.waitFor(() => expect(handled.toSorted()).toEqual(ids.toSorted()), 20_000);
    const { topics } = await place.admin.fetchTopicMetadata({ topics: [topic] });
    expect(topics[0]?.partitions).toHaveLength(2);
  });

  test('a group that was declared in no order cannot be had in the order of keys, and the other way round', async () => {
    const place = await openNamespace();
    for (const [declared, wanted] of [
      ['none', 'key'],
      ['key', 'none'],
    ] as const) {
      const group = place.group(declared);
      const groups = [{ group, patterns: [type], ordering: declared }];
      await using broker = await connectWith(place.messaging, { groups });
      const { error } = await failureOf(() => consumerOf(broker, group, wanted).consumer.start());
      expect(ConfigurationError.isInstance(error)).toBe(true);
      expect(String(error)).toMatch(/ordering/);
    }
  });
});

describe('a group whose members are not alike', { timeout: 60_000 }, () => {
  test('gives each member the events that it has handlers for, and loses none', async () => {
    const place = await openNamespace();
    const group = place.group('books');
    await using one = await connectWith(place.messaging);
    await using other = await connectWith(place.messaging);
    const { consumer, handled } = consumerOf(one, group);
    const paid: string[] = [];
    const invoices = createConsumer({ broker: other, group });
    invoices.on(invoiced, ({ id }) => void paid.push(id));
    await Promise.all([consumer.start(), invoices.start()]);
    const publisher = createPublisher({ broker: one, source: '/tests' });
    const ids = Array.from({ length: 30 }, (_, index) => `event-${index}`);
    const invoice = { customer_id: 'cus_1', amount_due: 4999, currency: 'EUR' };
    await Promise.all(
      ids.flatMap((id) => [
        publisher.publish(type, { ...payment, payment_id: id }, { id: `t-${id}` }),
        publisher.publish(invoiced, { ...invoice, invoice_id: id }, { id: `i-${id}` }),
      ]),
    );
    await vi.waitFor(() => expect(new Set(handled)).toEqual(new Set(ids.map((id) => `t-${id}`))), 30_000);
    await vi.waitFor(() => expect(new Set(paid)).toEqual(new Set(ids.map((id) => `i-${id}`))), 30_000);
  });

  test('cannot be joined where a program of another kind is a member, and the error names the group', async () => {
    const place = await openNamespace();
    const group = place.group('ledger');
    await using broker = await connectWith(place.messaging, { groups: [{ group, patterns: [type] }] });
    const foreign = plainKafka(place.url).consumer({
      groupId: group,
      partitionAssigners: [kafkajs.PartitionAssigners.roundRobin],
      maxWaitTimeInMs: 250,
    });
    onTestFinished(() => foreign.disconnect());
    const joined = new Promise((resolve) => foreign.on(foreign.events.GROUP_JOIN, resolve));
    await foreign.connect();
    await foreign.subscribe({ topic: `${place.prefix}${topicOfType}` });
    await foreign.run({ eachMessage: async () => {} });
    await joined;
    const { error, tookMs } = await failureOf(() => consumerOf(broker, group).consumer.start());
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toContain(group);
    expect(tookMs).toBeLessThan(15_000);
  });
});
