import { inspect } from 'node:util';
import { ConfigurationError } from '@payments/events-core';
import { expect, test } from 'vitest';
import { adapterFromConfiguration, kafka } from './adapter.ts';
import { optionsFromConfiguration } from './configuration.ts';
import { settingsOf, type KafkaOptions } from './options.ts';

const url = 'kafka://broker';

test('the defaults', () => {
  expect(settingsOf({ url })).toEqual({
    brokers: ['broker:9092'],
    login: undefined,
    tls: undefined,
    topicPrefix: 'payments.',
    topicStrategy: 'entity',
    partitions: 6,
    replicationFactor: undefined,
    retentionMs: 2_592_000_000,
    topology: 'declare',
    sessionTimeoutMs: 30_000,
    requestTimeoutMs: 10_000,
    topicRefreshMs: 10_000,
    clientId: 'payments-events',
    addressOf: undefined,
  });
});

test('several servers; credentials are decoded, and not shown with the settings', () => {
  const settings = settingsOf({ url: 'kafka://us%40er:p%2Fw@one:9093,two,10.0.0.1:1', saslMechanism: 'scram-sha-512' });
  expect(settings.brokers).toEqual(['one:9093', 'two:9092', '10.0.0.1:1']);
  expect(settings.login?.()).toEqual({ mechanism: 'scram-sha-512', username: 'us@er', password: 'p/w' });
  expect(`${JSON.stringify(settings)} ${inspect(settings, { depth: 10 })}`).not.toContain('p/w');
});

const login = { username: 'u', password: 'p', saslMechanism: 'plain' };
const bad: readonly (readonly [path: string, options: Record<string, unknown>])[] = [
  ['url', { url: undefined }],
  ['url', { url: 'http://broker' }],
  ['url', { url: 'kafka://broker/topic' }],
  ['url', { url: 'kafka://broker?acks=1' }],
  ['url', { url: 'kafka://[::1]:9092' }],
  ['url', { url: 'kafka://one,kafka://x:y@two' }],
  ['username', { url: 'kafka://u:p@broker', ...login, password: undefined }],
  ['password', { ...login, password: undefined }],
  ['username', { ...login, username: undefined }],
  ['username', { ...login, username: '' }],
  ['username', { saslMechanism: 'plain' }],
  ['saslMechanism', { ...login, saslMechanism: undefined }],
  ['saslMechanism', { url: 'kafka://u:p@broker' }],
  ['saslMechanism', { ...login, saslMechanism: 'gssapi' }],
  ['tls', { tls: true }],
  ['tls.keyFile', { tls: { certFile: 'a.pem' } }],
  ['tls.ca', { tls: { ca: 'a.pem' } }],
  ['topicPrefix', { topicPrefix: 'a b' }],
  ['topicPrefix', { topicPrefix: '..' }],
  ['topicPrefix', { topicPrefix: 'x'.repeat(101) }],
  ['topicStrategy', { topicStrategy: 'one' }],
  ['partitions', { partitions: 0 }],
  ['replicationFactor', { replicationFactor: 1.5 }],
  ['retentionMs', { retentionMs: 1_000 }],
  ['topology', { topology: 'none' }],
  ['sessionTimeoutMs', { sessionTimeoutMs: 999 }],
  ['requestTimeoutMs', { requestTimeoutMs: 60_001 }],
  ['topicRefreshMs', { topicRefreshMs: 499 }],
  ['clientId', { clientId: '' }],
  ['addressOf', { addressOf: 'broker:9092' }],
  ['prefetch', { prefetch: 5 }],
];

test.each(bad)('%s is refused in %j', (path, options) => {
  const attempt = () => kafka({ url, ...options } as KafkaOptions);
  expect(attempt).toThrow(ConfigurationError);
  expect(attempt).toThrow(expect.objectContaining({ path }));
});

test('no refusal shows a password', () => {
  for (const wrong of ['kafka://u:hunter2@broker/a', 'kafka://u:hunter2@[::1]', 'http://u:hunter2@broker']) {
    try {
      kafka({ url: wrong });
      expect.unreachable();
    } catch (error) {
      expect(String((error as Error).stack)).not.toContain('hunter2');
    }
  }
});

const section = {
  broker_type: 'kafka',
  url,
  username: 'u',
  password: 'p',
  sasl_mechanism: 'plain',
  tls: { ca_file: 'ca.pem', server_name: 'other' },
  topic_prefix: 'x.',
  group_id: 'ledger',
  auto_offset_reset: 'latest',
  topic_strategy: 'type',
  partitions: 3,
  replication_factor: 2,
  retention_ms: -1,
} as const;

test('a configuration section says the same in its own words', () => {
  expect(optionsFromConfiguration(section)).toEqual({
    url,
    username: 'u',
    password: 'p',
    saslMechanism: 'plain',
    tls: { caFile: 'ca.pem', serverName: 'other' },
    topicPrefix: 'x.',
    topicStrategy: 'type',
    partitions: 3,
    replicationFactor: 2,
    retentionMs: -1,
  });
  expect(adapterFromConfiguration(section)).toMatchObject({
    system: 'kafka',
    capabilities: { keyOrder: 'partitions' },
  });
  expect(() => adapterFromConfiguration({ broker_type: 'memory' })).toThrow(
    expect.objectContaining({ path: 'messaging.broker_type' }),
  );
});

test('before connect everything but health and close says that there is no connection', async () => {
  const adapter = kafka({ url });
  const { signal } = new AbortController();
  const message = { id: 'a', type: 'b.c', headers: {}, body: new Uint8Array() };
  await expect(adapter.send(message, { signal })).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
  await expect(adapter.backlog('g')).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
  await expect(adapter.health()).resolves.toMatchObject({ status: 'down', problems: [{ code: 'disconnected' }] });
  await adapter.close({ signal });
  await expect(adapter.health()).resolves.toMatchObject({ status: 'down', problems: [{ code: 'closed' }] });
});
