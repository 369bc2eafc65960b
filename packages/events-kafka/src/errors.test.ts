import { ConfigurationError } from '@payments/events-core';
import { expect, test } from 'vitest';
import { isAnswer, isForbidden, protocolType, reasonOf, refusedConnection, rootOf } from './errors.ts';

/** As the client makes them. */
function native(name: string, message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), { name, ...fields });
}

const settings = { brokers: ['one:9092'], login: undefined, tls: undefined };
const refused = native('KafkaJSConnectionError', 'Connection error: connect ECONNREFUSED 10.0.0.1:9092', {
  broker: 'one:9092',
  code: 'ECONNREFUSED',
});

test('the root of what the client has wrapped several times decides, whatever it is called on the way', () => {
  const wrapped = native('KafkaJSNonRetriableError', 'said otherwise', {
    retriable: false,
    cause: native('KafkaJSNumberOfRetriesExceeded', 'again', { cause: refused }),
  });
  expect(rootOf(wrapped)).toBe(refused);
  const circular = native('a', 'b');
  circular.cause = circular;
  expect(rootOf(circular)).toBe(circular);
});

test('of several errors at once, one about what exists already is the last to count', () => {
  const exists = native('KafkaJSCreateTopicError', 'exists', { type: 'TOPIC_ALREADY_EXISTS' });
  const forbidden = native('KafkaJSCreateTopicError', 'no', { type: 'TOPIC_AUTHORIZATION_FAILED' });
  const several = (errors: readonly Error[]) => native('KafkaJSAggregateError', 'Topic creation errors', { errors });
  expect(protocolType(several([exists, forbidden]))).toBe('TOPIC_AUTHORIZATION_FAILED');
  expect(protocolType(several([exists]))).toBe('TOPIC_ALREADY_EXISTS');
});

test('an answer that passes is none', () => {
  expect(isAnswer(native('KafkaJSProtocolError', 'x', { type: 'COORDINATOR_NOT_AVAILABLE' }))).toBe(false);
  expect(isAnswer(native('KafkaJSProtocolError', 'x', { type: 'GROUP_AUTHORIZATION_FAILED' }))).toBe(true);
  expect(isAnswer(refused)).toBe(false);
});

test.for(['GROUP_AUTHORIZATION_FAILED', 'TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'])(
  '%s is a permission that is missing, however it is wrapped',
  (type) => {
    const said = native('KafkaJSProtocolError', 'Not authorized', { type });
    expect(isForbidden(native('KafkaJSNonRetriableError', 'around it', { cause: said }))).toBe(true);
  },
);

test.for([native('KafkaJSProtocolError', 'x', { type: 'SASL_AUTHENTICATION_FAILED' }), refused, undefined])(
  '%s is no missing permission',
  (error) => expect(isForbidden(error)).toBe(false),
);

test('reasons name the server, and for one that only Kafka has named, what to do', () => {
  expect(reasonOf(refused, settings)).toBe('one:9092: connect ECONNREFUSED 10.0.0.1:9092');
  const advertised = native('KafkaJSConnectionError', 'Connection error: getaddrinfo ENOTFOUND kafka', {
    broker: 'kafka:29092',
  });
  expect(reasonOf(advertised, settings)).toMatch(
    /kafka:29092, which cannot be reached.*ENOTFOUND.*advertised\.listeners.*addressOf/,
  );
  const closed = native('KafkaJSConnectionClosedError', 'Closed connection', { broker: 'one:9092' });
  expect(reasonOf(closed, settings)).toMatch(/^one:9092 closes the connection.*login.*TLS/);
  const plain = native(
    'KafkaJSConnectionError',
    'Connection error: disconnected before secure TLS connection was established',
    {
      broker: 'one:9092',
    },
  );
  expect(reasonOf(plain, settings)).toMatch(/speak no TLS/);
  expect(reasonOf(new TypeError("Cannot destructure property 'x' of null"), settings)).toBe('no broker has answered');
  const leaderless = native('KafkaJSBrokerNotFound', 'Broker -1 not found in the cached metadata');
  expect(reasonOf(leaderless, settings)).toMatch(/no leader/);
});

test.each([
  ['saslMechanism', native('KafkaJSSASLAuthenticationError', 'SASL PLAIN mechanism is not supported by the server')],
  ['saslMechanism', native('KafkaJSProtocolError', 'x', { type: 'UNSUPPORTED_SASL_MECHANISM' })],
  ['username', native('KafkaJSProtocolError', 'x', { type: 'ILLEGAL_SASL_STATE' })],
  [
    'username',
    native('KafkaJSSASLAuthenticationError', 'SASL PLAIN authentication failed: Invalid username or password'),
  ],
  ['tls', native('KafkaJSConnectionError', 'Connection error: self-signed', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })],
  ['tls', native('KafkaJSConnectionError', 'x: error:0A00010B:SSL routines::wrong version number', { code: 'EPROTO' })],
  ['tls.certFile', native('KafkaJSConnectionError', 'x: tlsv13 alert certificate required', { code: 'ERR_SSL' })],
])('waiting mends nothing about %s', (path, error) => {
  const found = refusedConnection(native('KafkaJSNonRetriableError', 'around it', { cause: error }));
  expect(ConfigurationError.isInstance(found)).toBe(true);
  expect(found).toMatchObject({ path, cause: { cause: error } });
});

test.each([
  native('KafkaJSSASLAuthenticationError', 'SASL PLAIN authentication failed: Closed connection'),
  native(
    'KafkaJSSASLAuthenticationError',
    'SASL SCRAM SHA512 authentication failed: Request SaslAuthenticate timed out',
  ),
  refused,
  new TypeError('x'),
])('it may mend %s', (error) => expect(refusedConnection(error)).toBeUndefined());
