import { BrokerUnavailableError, ConfigurationError, NoAnswer, type HealthProblem } from '@payments/events-core';
import { expect, test } from 'vitest';
import type { OwnConnection } from './connection.ts';
import { refusedConnection } from './errors.ts';
import { checkHealth, type ConsumingState } from './health.ts';

const fine: ConsumingState = {
  group: 'ledger',
  consuming: true,
  unapplied: { delayed: 0, tooLarge: 0 },
  oldestUnsettledAt: () => new Map(),
};

interface Told {
  readonly answer?: () => Promise<readonly string[]>;
  readonly closed?: boolean;
  readonly retention?: readonly HealthProblem[];
  readonly owedMs?: number;
  readonly forbidden?: string;
  readonly subscriptions?: readonly ConsumingState[];
}

function health(told: Told = {}) {
  const {
    answer = async () => ['p.ledger.dead-letters'],
    closed = false,
    retention = [],
    subscriptions = [fine],
  } = told;
  const connection = {
    closed,
    settings: { topicPrefix: 'p.' },
    admin: { ask: answer },
    retention: { problems: () => retention },
    lastProgressAt: 1_000,
  } as unknown as OwnConnection;
  const producer = { owedMs: told.owedMs ?? 0, forbidden: told.forbidden };
  return checkHealth({ connection, producer, subscriptions });
}

const codes = async (told: Told) => {
  const { status, problems } = await health(told);
  return [status, ...problems.map(({ code }) => code)];
};
const failing = (error: Error) => ({ answer: () => Promise.reject(error) });

test('up is what answers, consumes and owes nothing', async () => {
  expect(await health()).toEqual({ status: 'up', problems: [], lastProgressAt: new Date(1_000) });
});

test('down is what does not answer, for the reason there is', async () => {
  const silent = new BrokerUnavailableError('Kafka did not answer', { cause: new NoAnswer('silence') });
  expect(await codes(failing(silent))).toEqual(['down', 'no-answer']);
  expect(await codes(failing(new BrokerUnavailableError('refused')))).toEqual(['down', 'disconnected']);
  expect(await codes({ closed: true })).toEqual(['down', 'closed']);
});

const native = (name: string, message: string, fields: object = {}) =>
  Object.assign(new Error(message), { name, ...fields });

test.each([
  [
    'password',
    native('KafkaJSSASLAuthenticationError', 'SASL PLAIN authentication failed: Invalid username or password'),
  ],
  ['way of logging in', native('KafkaJSProtocolError', 'x', { type: 'UNSUPPORTED_SASL_MECHANISM' })],
  ['login where none is asked for', native('KafkaJSProtocolError', 'x', { type: 'ILLEGAL_SASL_STATE' })],
  ['broker’s certificate', native('KafkaJSConnectionError', 'expired', { code: 'CERT_HAS_EXPIRED' })],
  ['own certificate', native('KafkaJSConnectionError', 'x: tlsv13 alert certificate required', { code: 'ERR_SSL' })],
])('a %s that is not taken is a refused login', async (_, error) => {
  expect(await codes(failing(refusedConnection(error)!))).toEqual(['down', 'login-refused']);
});

test.each([
  ['a port without TLS', refusedConnection(native('KafkaJSConnectionError', 'x: wrong version number'))!],
  [
    'a version that speaks otherwise',
    refusedConnection(native('KafkaJSProtocolError', 'x', { type: 'UNSUPPORTED_VERSION' }))!,
  ],
  [
    'a certificate file that cannot be read',
    new ConfigurationError('tls.certFile cannot be read', 'tls.certFile', { cause: native('Error', 'ENOENT') }),
  ],
])('%s has refused no login: there is no connection, and the message says what to mend', async (_, error) => {
  const { status, problems } = await health(failing(error));
  expect([status, problems]).toEqual(['down', [{ code: 'disconnected', message: error.message }]]);
});

test('down is a group without a member of this process, named', async () => {
  const { status, problems } = await health({ subscriptions: [fine, { ...fine, group: 'mail', consuming: false }] });
  expect(status).toBe('down');
  expect(problems).toContainEqual(expect.objectContaining({ code: 'not-consuming', group: 'mail' }));
});

test.each<readonly [code: string, told: Told]>([
  ['unconfirmed-events', { owedMs: 5_001 }],
  ['forbidden', { forbidden: 'Not authorized' }],
  ['settlement-delayed', { subscriptions: [{ ...fine, unapplied: { delayed: 1, tooLarge: 0 } }] }],
  ['too-large-to-copy', { subscriptions: [{ ...fine, unapplied: { delayed: 0, tooLarge: 1 } }] }],
  ['topology-missing', { answer: async () => [] }],
  ['retention-at-risk', { retention: [{ code: 'retention-at-risk', message: 'old', group: 'ledger' }] }],
])('%s is a degraded state', async (code, told) => {
  expect(await codes(told)).toEqual(['degraded', code]);
});
