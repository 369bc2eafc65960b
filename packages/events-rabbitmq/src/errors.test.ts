import { ConfigurationError } from '@payments/events-core';
import { describe, expect, test } from 'vitest';
import { brokersLimit, topologyError } from './errors.ts';

/** As RabbitMQ and the client say it. */
function refused(argument: string, { of = "queue 'payment_ledger'", received = 'true', current = 'none' } = {}): Error {
  const said =
    `PRECONDITION_FAILED - inequivalent arg '${argument}' for ${of} in vhost '/': ` +
    `received the value '${received}' of type 'bool' but current is ${current}`;
  const text = `Operation failed: QueueDeclare; 406 (PRECONDITION-FAILED) with message "${said}"`;
  return Object.assign(new Error(text), { code: 406 });
}

const queue = { what: 'Queue "payment_ledger"', path: 'group' };

describe('what exists with other settings is told by the option of ours', () => {
  test.each([
    ['x-single-active-consumer', refused('x-single-active-consumer'), /another `ordering`.*another group/],
    [
      'x-single-active-consumer',
      refused('x-single-active-consumer', { received: 'none', current: "the value 'true' of type 'bool'" }),
      /another `ordering`/,
    ],
    [
      'x-consumer-timeout',
      refused('x-consumer-timeout', { received: '200000', current: "the value '3600000' of type 'long'" }),
      /another `consumerTimeoutMs`/,
    ],
  ])('%s', (argument, error, told) => {
    const { message, path } = configurationError(topologyError(error, queue));
    expect(message).toMatch(told);
    expect(message).toMatch(/^Queue "payment_ledger" exists/);
    expect(message).toContain(`inequivalent arg '${argument}'`);
    expect(path).toBe('group');
  });

  test.each([
    ['a classic one', refused('x-dead-letter-exchange', { received: '' })],
    ['one of another type', refused('x-queue-type', { received: 'quorum', current: "the value 'classic'" })],
    ['one that is not durable', refused('durable', { current: "'false'" })],
    ['one without our limit', refused('x-consumer-timeout', { received: '3600000' })],
  ])('a queue of somebody else, %s: another prefix or group', (_what, error) => {
    const { message } = configurationError(topologyError(error, queue));
    expect(message).toMatch(/not made by this library/);
    expect(message).toMatch(/`queuePrefix` \(`queue_prefix`\) or another group/);
    expect(message).not.toMatch(/ordering|consumerTimeoutMs/);
  });

  test('an exchange: what it must be, and its name', () => {
    const error = refused('type', { of: "exchange 'payments'", received: 'topic', current: "'fanout'" });
    const { message } = configurationError(topologyError(error, { what: 'Exchange "payments"', path: 'exchange' }));
    expect(message).toMatch(/durable topic exchange.*`exchange` \(`exchange_name`\)/);
  });
});

function configurationError(error: Error): ConfigurationError {
  if (!ConfigurationError.isInstance(error)) throw error;
  return error;
}

test('the limit of a broker that refuses a message as too large is read from its words', () => {
  const said = 'PRECONDITION_FAILED - message size 2000 is larger than configured max size 1000';
  expect(brokersLimit(new Error(`Channel closed by server: 406 (PRECONDITION-FAILED) with message "${said}"`))).toBe(
    1_000,
  );
  expect(brokersLimit(refused('x-queue-type'))).toBeUndefined();
  expect(brokersLimit(undefined)).toBeUndefined();
});
