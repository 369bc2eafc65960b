import { createServer } from 'node:net';
import { once } from 'node:events';
import { BrokerUnavailableError, ConfigurationError } from '@payments/events-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { expectNoSecret, failureOf } from '../../bad-days/bad-day.ts';
import { connect } from './bad-day.ts';
import { openVirtualHost } from '../support/virtual-host.ts';
import { everything } from '../lab/tenant.ts';

describe('connecting to a broker that says no', { timeout: 60_000 }, () => {
  test('a wrong password is refused at once, with a text that says which setting, and never shows it', async () => {
    const host = await openVirtualHost();
    const { url } = await host.user(everything);
    const wrong = url.replace(/:secret-\w+@/, ':hunter2-and-more@');
    const { error, tookMs } = await failureOf(() => connect({ url: wrong }));
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ message: expect.stringMatching(/password/i), retryable: false });
    expect(String(error)).toMatch(/user|name/i);
    expectNoSecret(error, 'hunter2-and-more');
    expect(tookMs).toBeLessThan(5_000);
  });

  test('a virtual host that does not exist is named, with what creates it', async () => {
    const host = await openVirtualHost();
    const { url, password } = await host.user(everything);
    const { error, tookMs } = await failureOf(() => connect({ url: url.replace(host.name, 'no-such-host') }));
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ message: expect.stringMatching(/virtual host/i) });
    expectNoSecret(error, password);
    expect(tookMs).toBeLessThan(5_000);
  });

  test('a user without any permission in the virtual host is told so', async () => {
    const host = await openVirtualHost();
    const { url, password } = await host.user();
    const { error, tookMs } = await failureOf(() => connect({ url }));
    expect(ConfigurationError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ message: expect.stringMatching(/permission/i) });
    expectNoSecret(error, password);
    expect(tookMs).toBeLessThan(5_000);
  });
});

describe('connecting to nothing', { timeout: 60_000 }, () => {
  test.each([
    ['a name that does not resolve', 'amqp://me:hunter2@broker.invalid/'],
    ['a port where nobody listens', 'amqp://me:hunter2@127.0.0.1:1/'],
  ])('%s is tried until connectTimeoutMs, and then named', async (_what, url) => {
    const { error, tookMs } = await failureOf(() => connect({ url }, { connectTimeoutMs: 2_000 }));
    expect(BrokerUnavailableError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining(new URL(url).host), retryable: true });
    expectNoSecret(error, 'hunter2');
    expect(tookMs).toBeGreaterThanOrEqual(1_900);
    expect(tookMs).toBeLessThan(4_000);
  });

  test.each([
    ['answers in another language', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
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
    const { error, tookMs } = await failureOf(() =>
      connect({ url: `amqp://me:hunter2@127.0.0.1:${port}/` }, { connectTimeoutMs: 2_000 }),
    );
    expect(BrokerUnavailableError.isInstance(error) || ConfigurationError.isInstance(error)).toBe(true);
    expectNoSecret(error, 'hunter2');
    expect(tookMs).toBeLessThan(4_000);
  });
});
