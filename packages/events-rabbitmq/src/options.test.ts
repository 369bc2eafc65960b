import { expect, test } from 'vitest';
import { ConfigurationError } from '@payments/events-core';
import { adapterFromConfiguration, rabbitmq } from './adapter.ts';
import { optionsFromConfiguration, settingsOf, type RabbitmqOptions } from './options.ts';

const url = 'amqp://broker';

test('the defaults', () => {
  const { login, ...settings } = settingsOf({ url });
  expect(settings).toEqual({
    host: 'broker',
    port: 5672,
    vhost: '/',
    tls: undefined,
    exchange: 'payments',
    queuePrefix: 'payment_',
    unroutable: 'park',
    heartbeatS: 10,
    consumerTimeoutMs: 3_600_000,
    topology: 'declare',
    allowUnverifiedServer: false,
  });
  expect(login()).toEqual({ username: 'guest', password: 'guest' });
});

test('credentials and virtual host are decoded, and not shown with the settings', () => {
  const settings = settingsOf({ url: 'amqps://us%40er:p%2Fw@[::1]:5999/my%20host' });
  expect(settings).toMatchObject({ host: '::1', port: 5999, vhost: 'my host', tls: {} });
  expect(settings.login()).toEqual({ username: 'us@er', password: 'p/w' });
  expect(JSON.stringify(settings)).not.toContain('p/w');
  expect(settingsOf({ url: 'amqps://broker' }).port).toBe(5671);
  expect(settingsOf({ url: 'amqp://broker/%2F' }).vhost).toBe('/');
});

const bad: readonly (readonly [path: string, options: Record<string, unknown>])[] = [
  ['url', { url: undefined }],
  ['url', { url: 'http://broker' }],
  ['url', { url: 'amqp://one,two' }],
  ['url', { url: 'amqp://broker?heartbeat=5' }],
  ['url', { url: 'amqp://broker/a/b' }],
  ['username', { url: 'amqp://u:p@broker', username: 'x' }],
  ['password', { username: 'x' }],
  ['username', { password: 'x' }],
  ['exchange', { exchange: '' }],
  ['exchange', { exchange: 'amq.topic' }],
  ['queuePrefix', { queuePrefix: 'a b' }],
  ['queuePrefix', { queuePrefix: 'x'.repeat(101) }],
  ['unroutable', { unroutable: 'drop' }],
  ['topology', { topology: 'none' }],
  ['heartbeatS', { heartbeatS: 0 }],
  ['heartbeatS', { heartbeatS: 1.5 }],
  ['consumerTimeoutMs', { consumerTimeoutMs: 1_000 }],
  ['allowUnverifiedServer', { allowUnverifiedServer: 'yes' }],
  ['tls', { tls: true }],
  ['tls.keyFile', { tls: { certFile: 'a.pem' } }],
  ['tls.ca', { tls: { ca: 'a.pem' } }],
  ['prefetch', { prefetch: 5 }],
];

test.each(bad)('%s is refused in %j', (path, options) => {
  const attempt = () => rabbitmq({ url, ...options } as RabbitmqOptions);
  expect(attempt).toThrow(ConfigurationError);
  expect(attempt).toThrow(expect.objectContaining({ path }));
});

test('no refusal shows a password', () => {
  for (const wrong of ['amqp://u:hunter2@one,two', 'amqp://u:hunter2@broker/a/b', 'http://u:hunter2@broker']) {
    try {
      rabbitmq({ url: wrong });
      expect.unreachable();
    } catch (error) {
      expect(String((error as Error).stack)).not.toContain('hunter2');
    }
  }
});

test('a configuration section says the same in its own words', () => {
  const section = {
    broker_type: 'rabbitmq',
    url,
    username: 'u',
    password: 'p',
    tls: { ca_file: 'ca.pem', server_name: 'other' },
    exchange_name: 'x',
    queue_prefix: 'q_',
    exchange_type: 'topic',
    exchange_durable: true,
    unroutable: 'error',
  } as const;
  expect(optionsFromConfiguration(section)).toEqual({
    url,
    username: 'u',
    password: 'p',
    tls: { caFile: 'ca.pem', serverName: 'other' },
    exchange: 'x',
    queuePrefix: 'q_',
    unroutable: 'error',
  });
  expect(adapterFromConfiguration(section).capabilities.unrouted).toBe('refused');
  expect(() => adapterFromConfiguration({ broker_type: 'memory' })).toThrow(
    expect.objectContaining({ path: 'messaging.broker_type' }),
  );
});

test('before connect everything but health and close says that there is no connection', async () => {
  const adapter = rabbitmq({ url });
  const { signal } = new AbortController();
  const message = { id: 'a', type: 'b.c', headers: {}, body: new Uint8Array() };
  await expect(adapter.send(message, { signal })).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
  await expect(adapter.backlog('g')).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
  await expect(adapter.health()).resolves.toMatchObject({ status: 'down' });
  await adapter.close({ signal });
  await expect(adapter.health()).resolves.toMatchObject({ status: 'down', problems: [{ code: 'closed' }] });
});
