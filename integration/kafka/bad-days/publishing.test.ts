import {
  ConfigurationError,
  connectBroker,
  createConsumer,
  createPublisher,
  InvalidEventError,
  PublishRejectedError,
} from '@payments/events-core';
import { kafka } from '@payments/events-kafka';
import { describe, expect, test } from 'vitest';
import { connectWith, failureOf, silent } from '../../bad-days/bad-day.ts';
import { payment, topicOfType, type } from '../support/events.ts';
import { openNamespace, type Namespace } from '../support/namespace.ts';

async function createTopic(place: Namespace, settings: Readonly<Record<string, string>>): Promise<string> {
  const topic = `${place.prefix}${topicOfType}`;
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await place.admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: false });
  return topic;
}

async function handledBy(broker: Parameters<typeof createConsumer>[0]['broker'], group: string): Promise<string[]> {
  const ids: string[] = [];
  const consumer = createConsumer({ broker, group });
  consumer.on(type, ({ id }) => void ids.push(id));
  await consumer.start();
  return ids;
}

describe('an event that cannot go where it should', { timeout: 60_000 }, () => {
  test("for which there is no topic is refused with topology 'check', and accepted once there is one", async () => {
    const place = await openNamespace();
    const adapter = kafka({ url: place.url, topicPrefix: place.prefix, topology: 'check' });
    await using broker = await connectBroker(adapter, { logger: silent });
    const publisher = createPublisher({ broker, source: '/tests', publishTimeoutMs: 3_000 });
    const { error, tookMs } = await failureOf(() => publisher.publish(type, payment));
    expect(PublishRejectedError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ reason: 'unroutable' });
    expect(String(error)).toContain(`${place.prefix}${topicOfType}`);
    expect(String(error)).toMatch(/topology/);
    expect(tookMs).toBeLessThan(4_000);
    expect(await place.topics()).toEqual([]);
    await createTopic(place, {});
    await expect.poll(() => publisher.publish(type, payment).then(() => true), { timeout: 20_000 }).toBe(true);
  });

  test('that is over what the library takes is refused before a byte of it is sent, and the next one goes', async () => {
    const place = await openNamespace();
    await using broker = await connectWith(place.messaging);
    const publisher = createPublisher({ broker, source: '/tests', maxBodyBytes: 100_000_000 });
    const huge = { ...payment, receipt: 'x'.repeat(1_100_000) };
    const [good, bad] = await Promise.allSettled([publisher.publish(type, payment), publisher.publish(type, huge)]);
    expect(good.status).toBe('fulfilled');
    expect(bad.status === 'rejected' && InvalidEventError.isInstance(bad.reason)).toBe(true);
    await publisher.publish(type, payment);
  });

  test('that is over what its topic takes is refused as too large, alone of all that were sent with it', async () => {
    const place = await openNamespace();
    await createTopic(place, { 'max.message.bytes': '20000' });
    await using broker = await connectWith(place.messaging);
    const publisher = createPublisher({ broker, source: '/tests' });
    const large = { ...payment, receipt: 'x'.repeat(30_000) };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) => publisher.publish(type, index === 50 ? large : payment)),
    );
    const failed = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [{ index, error: outcome.reason as unknown }] : [],
    );
    expect(failed.map(({ index }) => index)).toEqual([50]);
    expect(PublishRejectedError.isInstance(failed[0]?.error)).toBe(true);
    expect(failed[0]?.error).toMatchObject({ reason: 'too-large', retryable: false });
    const ids = await handledBy(broker, place.group('ledger'));
    await expect.poll(() => new Set(ids).size, { timeout: 20_000 }).toBe(99);
  });

  test('whose topic two types would share in silence is refused when the group is declared', async () => {
    const place = await openNamespace();
    await using broker = await connectWith({ ...place.messaging, topic_strategy: 'type' });
    const consumer = createConsumer({ broker, group: place.group('ledger'), ordering: 'key' });
    consumer.on(type, () => {});
    const { error } = await failureOf(() => consumer.start());
    expect(error).toMatchObject({ code: expect.stringMatching(/^EVENTS_(UNSUPPORTED|CONFIGURATION)$/) });
    expect(ConfigurationError.isInstance(error) ? error.message : String(error)).toMatch(/order/);
  });
});
