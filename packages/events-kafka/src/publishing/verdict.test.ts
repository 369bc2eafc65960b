import { expect, test } from 'vitest';
import { settingsOf } from '../options.ts';
import { answered, ended } from './fake-kafka.test-support.ts';
import { MissingAnswer, NothingSent, StuckSend, verdictOf } from './verdict.ts';

const sent = { topic: 'p_order', settings: settingsOf({ url: 'kafka://localhost' }) };

function shortly(error: unknown): string {
  const { failure, again, suspect } = verdictOf(error, sent);
  const { outcome, reason, retryable } = failure;
  return [
    outcome,
    reason,
    ...(retryable ? ['again'] : []),
    ...(again === 'none' ? [] : [again]),
    ...(suspect ? [suspect] : []),
  ].join(' ');
}

test.each([
  ['MESSAGE_TOO_LARGE', 'rejected too-large halves'],
  ['RECORD_LIST_TOO_LARGE', 'rejected too-large halves'],
  ['INVALID_RECORD', 'rejected other halves'],
  ['INVALID_TOPIC_EXCEPTION', 'rejected other'],
  ['TOPIC_AUTHORIZATION_FAILED', 'rejected forbidden topic'],
  ['NOT_ENOUGH_REPLICAS', 'rejected other again'],
  ['INVALID_TIMESTAMP', 'rejected other again'],
  ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'unknown other again'],
  ['UNKNOWN_TOPIC_OR_PARTITION', 'unknown other again topic'],
  ['NOT_LEADER_FOR_PARTITION', 'unknown other again'],
  ['LEADER_NOT_AVAILABLE', 'unknown other again'],
  ['REQUEST_TIMED_OUT', 'unknown timeout again'],
  ['KAFKA_STORAGE_ERROR', 'unknown other again'],
])('Kafka answers %s: %s', (type, expected) => {
  expect(shortly(answered(type))).toBe(expected);
});

test.each([
  [ended('KafkaJSConnectionError', 'connect ECONNREFUSED 127.0.0.1:9092'), 'unknown disconnected again connection'],
  [ended('KafkaJSConnectionClosedError', 'Closed connection'), 'unknown disconnected again connection'],
  [ended('KafkaJSBrokerNotFound', 'Broker -1 not found in the cached metadata'), 'unknown other again all'],
  [ended('Error', 'Broker not connected'), 'unknown disconnected again connection'],
  [ended('KafkaJSError', 'The producer is disconnected'), 'unknown disconnected again connection'],
  [
    ended('KafkaJSRequestTimeoutError', 'Request Produce(key: 0, version: 7) timed out'),
    'unknown timeout again timeout',
  ],
  [ended('KafkaJSLockTimeout', 'Timeout while acquiring lock'), 'unknown timeout again timeout'],
  [new NothingSent('nothing'), 'unknown other again all topic'],
  [new MissingAnswer('no offset'), 'unknown other again topic'],
  [new StuckSend('stuck'), 'unknown timeout again'],
  [new TypeError('x is not a function'), 'unknown other again'],
  ['a string', 'unknown other again'],
  [undefined, 'unknown other again'],
])('%s: %s', (error, expected) => {
  expect(shortly(error)).toBe(expected);
});

test('what is said names what to do', () => {
  expect(verdictOf(answered('NOT_ENOUGH_REPLICAS'), sent).failure.said).toMatch(/min\.insync\.replicas/);
  expect(verdictOf(answered('MESSAGE_TOO_LARGE'), sent).failure.said).toMatch(/max\.message\.bytes/);
  expect(verdictOf(answered('TOPIC_AUTHORIZATION_FAILED'), sent).failure.said).toMatch(/"p_order".*Write/);
});
