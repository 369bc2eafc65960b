import { createServer } from 'node:net';
import { once } from 'node:events';
import { BrokerUnavailableError, ConfigurationError } from '@payments/events-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectWith, expectNoSecret, failureOf } from '../../bad-days/bad-day.ts';
import { kafkaServer } from '../../brokers/kafka-server.ts';

const broker_type = 'kafka';
const login = { username: 'me', password: 'hunter2', sasl_mechanism: 'plain' };

describe('connecting to nothing', { timeout: 60_000 }, () => {
  test.each([
    ['a name that does not resolve', 'broker.invalid:9092'],
    ['a port where nobody listens', '127.0.0.1:1'],
  ])('%s is tried until connectTimeoutMs, and then named', async (_what, address) => {
    const section = { broker_type, url: `kafka://${address}`, ...login };
    const { error, tookMs } = await failureOf(() => connectWith(section, { connectTimeoutMs: 2_000 }));
    expect(BrokerUnavailableError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining(address), retryable: true });
    expectNoSecret(error, 'hunter2');
    expect(tookMs).toBeGreaterThanOrEqual(1_900);
    expect(tookMs).toBeLessThan(4_000);
  });

  test.each([
    ['answers in another language', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['answers with a frame of no length', '\0\0\0\0\0\0\0\0'],
    ['accepts and says nothing', ''],
  ])('an address that %s does not keep connectBroker longer than it was told', async (_what, answer) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => (answer === '' ? undefined : socket.end(answer)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const section = { broker_type, url: `kafka://127.0.0.1:${port}`, ...login };
    const { error, tookMs } = await failureOf(() => connectWith(section, { connectTimeoutMs: 2_000 }));
    expect(BrokerUnavailableError.isInstance(error) || ConfigurationError.isInstance(error)).toBe(true);
    expect(String(error)).toContain(`127.0.0.1:${port}`);
    expectNoSecret(error, 'hunter2');
    expect(tookMs).toBeLessThan(4_000);
  });
});

test.each(['first', 'last'])('a list of servers of which the %s is dead is as good as the others', async (place) => {
  const { host, port } = await kafkaServer();
  const servers = place === 'first' ? ['127.0.0.1:1', `${host}:${port}`] : [`${host}:${port}`, '127.0.0.1:1'];
  const startedAt = performance.now();
  await using broker = await connectWith({ broker_type, url: `kafka://${servers.join(',')}` });
  expect((await broker.health()).status).toBe('up');
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
