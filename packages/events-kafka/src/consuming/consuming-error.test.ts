import { BrokerUnavailableError, ClosedError, ConfigurationError } from '@payments/events-core';
import { expect, test } from 'vitest';
import { answered, ended } from '../publishing/fake-kafka.test-support.ts';
import { consumingError } from './consuming-error.ts';

const settings = { brokers: ['one:9092'], login: undefined, tls: undefined, sessionTimeoutMs: 7_000 };
const topics = { main: ['p.payment', 'p.order'], now: 'p.ledger.retry-now' };
const why = (error: unknown, read = topics) => consumingError(error, { settings, group: 'ledger', topics: read });

/** The path of the option that is to be changed, and what is said. */
function refusal(error: unknown): readonly [path: string | undefined, text: string] {
  const said = why(error);
  expect(said).toBeInstanceOf(ConfigurationError);
  expect(said.cause).toBe(error);
  return [said instanceof ConfigurationError ? said.path : undefined, said.message];
}

test.for(['GROUP_AUTHORIZATION_FAILED', 'TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'])(
  '%s is a permission that is missing: what to grant is said, by name',
  (type) => {
    const [path, text] = refusal(answered(type));
    expect(path).toBe('group');
    expect(text).toMatch(
      /^Group "ledger" cannot be consumed.*READ.*"p\.payment", "p\.order", "p\.ledger\.retry-now"\)/,
    );
    expect(text).toContain(`Kafka says ${type}`);
  },
);

test('of many topics that may lack a permission the first are named', () => {
  const main = ['a', 'b', 'c', 'd'];
  expect(why(answered('TOPIC_AUTHORIZATION_FAILED'), { main, now: 'n' }).message).toContain('("a", "b", "c", "n", …)');
});

test('a session that the broker does not take names the option, its value and the broker’s limits', () => {
  const [path, text] = refusal(answered('INVALID_SESSION_TIMEOUT'));
  expect(path).toBe('sessionTimeoutMs');
  expect(text).toMatch(/7000 ms.*group\.min\.session\.timeout\.ms.*group\.max\.session\.timeout\.ms/);
});

test('members that are none of this library are told of', () => {
  const [path, text] = refusal(answered('INCONSISTENT_GROUP_PROTOCOL'));
  expect([path, text]).toEqual(['group', expect.stringMatching(/none of this library/)]);
});

test('a broker that takes less metadata than by default is told which setting to raise', () => {
  const [, text] = refusal(answered('OFFSET_METADATA_TOO_LARGE'));
  expect(text).toContain('offset.metadata.max.bytes');
});

test('a compression that is not supported is named', () => {
  const [path, text] = refusal(ended('KafkaJSNotImplemented', 'ZSTD compression not implemented'));
  expect(path).toBe('group');
  expect(text).toMatch(/ZSTD.*CompressionCodecs/);
});

test('credentials that are refused are said as they are for every connection', () => {
  const [path] = refusal(ended('KafkaJSSASLAuthenticationError', 'Authentication failed: invalid credentials'));
  expect(path).toBe('username');
});

test.for([
  ended('KafkaJSConnectionError', 'Connection error: connect ECONNREFUSED 10.0.0.1:9092'),
  ended('KafkaJSRequestTimeoutError', 'Request timed out'),
  answered('COORDINATOR_NOT_AVAILABLE'),
  new Error('The consumer could not join its group.'),
  'no error at all',
])('%s mends by itself: the broker is unavailable', (error) => {
  const said = why(error);
  expect(said).toBeInstanceOf(BrokerUnavailableError);
  expect([said.cause, said.retryable]).toEqual([error, true]);
  expect(said.message).toMatch(/^Group "ledger" cannot be consumed: .+\.$/);
});

test('an error of the library’s own is what it is', () => {
  const closed = new ClosedError('closed');
  expect(why(closed)).toBe(closed);
});
