/** Logins and permissions. They need a broker that forbids what it does not allow, and has little patience with short sessions. */
import {
  BrokerUnavailableError,
  ConfigurationError,
  connectBroker,
  createConsumer,
  createPublisher,
  deadLetters,
  PublishRejectedError,
  type Broker,
} from '@payments/events-core';
import { kafka } from '@payments/events-kafka';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectWith, expectNoSecret, failureOf, silent } from '../../bad-days/bad-day.ts';
import { ownKafkaServer, type OwnKafkaServer } from '../../brokers/kafka-server.ts';
import { payment, topicOfType, type } from '../support/events.ts';
import { openNamespace, type Namespace } from '../support/namespace.ts';
import { createUser, type Permissions } from '../support/users.ts';

let server: OwnKafkaServer;
beforeAll(async () => {
  const environment = {
    KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND: 'false',
    KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '6000',
  };
  server = await ownKafkaServer({ environment });
}, 180_000);
afterAll(() => server.container.remove());

async function open(permissions: (place: Namespace) => Permissions = () => ({})) {
  const place = await openNamespace(server);
  return { place, user: await createUser(server, place, permissions(place)) };
}

function consumerOf(broker: Broker, group: string, ordering: 'none' | 'key' = 'none') {
  const retry = { maxAttempts: 2, initialDelayMs: 100, jitter: 'none' } as const;
  const consumer = createConsumer({ broker, group, ordering, retry });
  consumer.on(type, (_event, { redrives }) => {
    if (redrives === 0) throw new Error('not yet');
  });
  return consumer;
}

describe('a login', { timeout: 60_000 }, () => {
  test('with a wrong password is refused at once, with a text that says which setting, and never shows it', async () => {
    const { user } = await open();
    const wrong = { ...user.messaging, password: 'hunter2-and-more' };
    const { error, tookMs } = await failureOf(() => connectWith(wrong));
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ message: expect.stringMatching(/password/i), retryable: false });
    expect(String(error)).toMatch(/user|name/i);
    expectNoSecret(error, 'hunter2-and-more');
    expect(tookMs).toBeLessThan(5_000);
  });

  test('in a way that the broker does not take is refused, and the setting named', async () => {
    const { user } = await open();
    const { error, tookMs } = await failureOf(() => connectWith({ ...user.messaging, sasl_mechanism: 'plain' }));
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(/sasl_?mechanism/i);
    expectNoSecret(error, user.password);
    expect(tookMs).toBeLessThan(5_000);
  });

  test('where none is asked for is refused, and says so', async () => {
    const { user } = await open();
    const { error } = await failureOf(() => connectWith({ ...user.messaging, url: server.url }));
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(/no login/);
    expectNoSecret(error, user.password);
  });

  test('that is missing is suspected, and the server named', async () => {
    const { user } = await open();
    const { url } = user.messaging;
    const section = { broker_type: 'kafka', url };
    const { error } = await failureOf(() => connectWith(section, { connectTimeoutMs: 3_000 }));
    expect(BrokerUnavailableError.isInstance(error)).toBe(true);
    expect(String(error)).toContain(new URL(url).host);
    expect(String(error)).toMatch(/login/);
  });
});

/** As docs/brokers/kafka.md tells operators to grant them. */
const documented = {
  declaring: ({ prefix, group }: Namespace): Permissions => ({
    topics: { [prefix]: ['CREATE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'READ', 'WRITE', 'DELETE'] },
    groups: { [group('')]: ['READ', 'DESCRIBE'], [prefix]: ['READ', 'DESCRIBE'] },
  }),
  checking: ({ prefix, group }: Namespace): Permissions => ({
    topics: { [prefix]: ['DESCRIBE', 'DESCRIBE_CONFIGS', 'READ', 'WRITE', 'DELETE'] },
    groups: { [group('')]: ['READ', 'DESCRIBE'], [prefix]: ['READ', 'DESCRIBE'] },
  }),
  publishing: ({ prefix }: Namespace): Permissions => ({ topics: { [prefix]: ['DESCRIBE', 'WRITE'] } }),
};

describe('the permissions that the documentation asks for', { timeout: 90_000 }, () => {
  test.each(['none', 'key'] as const)('are enough for all there is to do, with ordering %s', async (ordering) => {
    const { place, user } = await open(documented.declaring);
    const group = place.group('ledger');
    await everythingThereIs(await connectWith(user.messaging), { group, ordering });
    const checker = await createUser(server, place, documented.checking(place));
    const { url, username, password } = checker.messaging;
    const login = { username, password, saslMechanism: 'scram-sha-256' } as const;
    const adapter = kafka({ url, ...login, topicPrefix: place.prefix, topology: 'check' });
    await everythingThereIs(await connectBroker(adapter, { logger: silent }), { group, ordering });
  });

  test('for a publisher alone are enough to publish', async () => {
    const { place, user } = await open(documented.publishing);
    const groups = [{ group: place.group('ledger'), patterns: [type] }];
    await using administrator = await connectWith(place.messaging, { groups });
    expect((await administrator.health()).status).toBe('up');
    await using broker = await connectWith(user.messaging);
    await createPublisher({ broker, source: '/tests' }).publish(type, payment);
  });
});

/** Publishes, fails and retries, dead-letters, lists, redrives, handles and discards. */
async function everythingThereIs(
  connected: Broker,
  { group, ordering }: { readonly group: string; readonly ordering: 'none' | 'key' },
): Promise<void> {
  await using broker = connected;
  const consumer = consumerOf(broker, group, ordering);
  await consumer.start();
  const publisher = createPublisher({ broker, source: '/tests' });
  await publisher.publish(type, payment);
  await publisher.publish(type, { ...payment, payment_id: 'pay_2' });
  await vi.waitFor(() => expect(consumer.stats().deadLettered).toBe(2), 20_000);
  const letters = deadLetters({ broker, group });
  expect(await letters.redrive({ limit: 1 })).toMatchObject({ redriven: 1 });
  await vi.waitFor(() => expect(consumer.stats().handled).toBe(1), 20_000);
  const ids: string[] = [];
  for await (const { id } of letters.list()) ids.push(id);
  expect(await letters.discard({ ids })).toEqual({ discarded: 1, missing: [] });
  expect(await broker.backlog(group)).toMatchObject({ dead: 0 });
  expect((await broker.health()).status).toBe('up');
}

describe('a permission that is missing', { timeout: 60_000 }, () => {
  test('to create topics: publishing and starting fail, and name the topic', async () => {
    const { place, user } = await open(documented.checking);
    await using broker = await connectWith(user.messaging);
    const publisher = createPublisher({ broker, source: '/tests', publishTimeoutMs: 3_000 });
    const published = await failureOf(() => publisher.publish(type, payment));
    expect(PublishRejectedError.isInstance(published.error)).toBe(true);
    expect(published.error).toMatchObject({ reason: 'forbidden' });
    const started = await failureOf(() => consumerOf(broker, place.group('ledger')).start());
    expect(ConfigurationError.isInstance(started.error)).toBe(true);
    for (const { error, tookMs } of [published, started]) {
      expect(String(error)).toContain(`${place.prefix}${topicOfType}`);
      expectNoSecret(error, user.password);
      expect(tookMs).toBeLessThan(10_000);
    }
  });

  test('to write: a publish is refused as forbidden, names the topic, and is accepted once it is granted', async () => {
    const { place, user } = await open(({ prefix }) => ({ topics: { [prefix]: ['DESCRIBE', 'READ'] } }));
    const groups = [{ group: place.group('ledger'), patterns: [type] }];
    await using administrator = await connectWith(place.messaging, { groups });
    expect((await administrator.health()).status).toBe('up');
    await using broker = await connectWith(user.messaging);
    const publisher = createPublisher({ broker, source: '/tests', publishTimeoutMs: 3_000 });
    const { error, tookMs } = await failureOf(() => publisher.publish(type, payment));
    expect(PublishRejectedError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ reason: 'forbidden' });
    expect(String(error)).toContain(`${place.prefix}${topicOfType}`);
    expectNoSecret(error, user.password);
    expect(tookMs).toBeLessThan(4_000);
    await user.permit({ topics: { [place.prefix]: ['WRITE'] } });
    await expect.poll(() => publisher.publish(type, payment).then(() => true), { timeout: 20_000 }).toBe(true);
  });

  test.each(['topics', 'groups'] as const)('to read %s: starting fails with its name', async (kind) => {
    const { place, user } = await open((own) => ({ ...documented.declaring(own), [kind]: {} }));
    const group = place.group('ledger');
    await using administrator = await connectWith(place.messaging, { groups: [{ group, patterns: [type] }] });
    expect((await administrator.health()).status).toBe('up');
    if (kind === 'topics') await user.permit({ topics: { [place.prefix]: ['DESCRIBE', 'DESCRIBE_CONFIGS', 'WRITE'] } });
    await using broker = await connectWith(user.messaging);
    const consumer = consumerOf(broker, group);
    // The first fetch may come after the start.
    const { error, tookMs } = await failureOf(() => consumer.start().then(() => consumer.ended));
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toContain(kind === 'groups' ? group : place.prefix);
    expectNoSecret(error, user.password);
    expect(tookMs).toBeLessThan(15_000);
  });

  test('any more, while it consumes: the consumer ends with that, and health says so', async () => {
    const { place, user } = await open(documented.declaring);
    const group = place.group('ledger');
    await using broker = await connectWith(user.messaging);
    const consumer = consumerOf(broker, group);
    await consumer.start();
    await user.forbid();
    const { error } = await failureOf(() => consumer.ended);
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expectNoSecret(error, user.password);
    const { status, problems } = await broker.health();
    expect(status).toBe('down');
    expect(problems).toContainEqual(expect.objectContaining({ code: 'not-consuming', group }));
  });
});

test('a session that is shorter than the broker allows is refused when the consumer starts, and the setting named', async () => {
  const place = await openNamespace(server);
  const { url } = place.messaging;
  const adapter = kafka({ url, topicPrefix: place.prefix, sessionTimeoutMs: 2_000 });
  await using broker = await connectBroker(adapter, { logger: silent });
  const { error, tookMs } = await failureOf(() => consumerOf(broker, place.group('ledger')).start());
  expect(ConfigurationError.isInstance(error)).toBe(true);
  expect(String(error)).toMatch(/sessionTimeoutMs/);
  expect(tookMs).toBeLessThan(15_000);
});
