import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { parseConfig } from './parse-config.ts';

const rabbitmq = { broker_type: 'rabbitmq', url: 'amqp://localhost' };
const kafka = { broker_type: 'kafka', url: 'kafka://localhost:9092' };
const redis = { broker_type: 'redis', url: 'redis://localhost', password: 'hunter2' };
const nats = { broker_type: 'nats', url: 'nats://localhost' };
const memory = { broker_type: 'memory' };

type Bad = readonly [what: string, messaging: unknown, path: string, says: string, env?: Record<string, string>];

/** Clause E6: each is refused within 100 ms, naming the path and the reason, and never the secret "hunter2". */
// oxfmt-ignore
const table: readonly Bad[] = [
  ['no messaging section', undefined, 'messaging', 'is missing'],
  ['a messaging section that is no object', ['hunter2'], 'messaging', 'must be an object'],
  ['an unknown broker', { broker_type: 'rabitmq' }, 'messaging.broker_type', 'rabbitmq, kafka, redis, nats, memory. Did you mean "rabbitmq"?'],
  ['a broker_type that is no text', { broker_type: 7 }, 'messaging.broker_type', 'must be one of'],
  ['a prototype’s name as broker', { broker_type: 'constructor' }, 'messaging.broker_type', 'must be one of'],
  ['no URL', { broker_type: 'redis' }, 'messaging.url', 'is missing'],
  ['a URL that is no text', { ...redis, url: 6379 }, 'messaging.url', 'must be text'],
  ['a URL of another broker', { ...redis, url: 'amqp://me:hunter2@localhost' }, 'messaging.url', 'must begin with redis:// or rediss://'],
  ['a URL without a scheme', { ...kafka, url: 'me:hunter2@localhost:9092' }, 'messaging.url', 'must begin with kafka://'],
  ['a URL without a host', { ...nats, url: 'nats://' }, 'messaging.url', 'must be a URL'],
  ['a URL with a bad port', { ...rabbitmq, url: 'amqp://me:hunter2@localhost:port' }, 'messaging.url', 'percent-encode'],
  ['a password with an unencoded slash', { ...rabbitmq, url: 'amqp://me:12/hunter2@localhost' }, 'messaging.url', 'percent-encode'],
  ['a password with an unencoded percent sign', { ...rabbitmq, url: 'amqp://me:hunter2%@localhost' }, 'messaging.url', '%25'],
  ['a URL with options that would be ignored', { ...kafka, url: 'kafka://localhost?ssl=true' }, 'messaging.url', 'keys of their own'],
  ['a list of servers where the broker has one', { ...rabbitmq, url: 'amqp://one,two' }, 'messaging.url', 'must name one server'],
  ['servers with different credentials', { ...nats, url: 'nats://a:hunter2@one,b:hunter2@two' }, 'messaging.url', 'same credentials'],
  ['a database that is no number', { ...redis, url: 'redis://localhost/payments' }, 'messaging.url', 'number of a database'],
  ['a misspelled key', { ...rabbitmq, exchange_nam: 'payments' }, 'messaging.exchange_nam', 'Did you mean "exchange_name"?'],
  ['a key of another broker', { ...rabbitmq, stream_maxlen: 10 }, 'messaging.stream_maxlen', 'is a key of redis, and broker_type is "rabbitmq"'],
  ['a key like nothing known', { ...memory, zzzzzzzz: 1 }, 'messaging.zzzzzzzz', 'Its keys are broker_type, capacity, history'],
  ['a prototype’s name as key', JSON.parse('{"broker_type":"memory","__proto__":{"hunter2":1}}'), 'messaging.__proto__', 'is not a key'],
  ['a number where text belongs', { ...kafka, topic_prefix: 5 }, 'messaging.topic_prefix', 'must be text'],
  ['text where a number belongs', { ...redis, stream_maxlen: '1000' }, 'messaging.stream_maxlen', 'must be a whole number'],
  ['a stream length of 0, which would trim unread events', { ...redis, stream_maxlen: 0 }, 'messaging.stream_maxlen', 'must be at least 1'],
  ['a negative stream length', { ...redis, stream_maxlen: -1 }, 'messaging.stream_maxlen', 'must be at least 1'],
  ['a stream length with a fraction', { ...redis, stream_maxlen: 1.5 }, 'messaging.stream_maxlen', 'must be a whole number'],
  ['an exchange that does not survive', { ...rabbitmq, exchange_durable: false }, 'messaging.exchange_durable', 'would be lost'],
  ['an exchange that cannot route by pattern', { ...rabbitmq, exchange_type: 'fanout' }, 'messaging.exchange_type', 'must be "topic"'],
  ['the default exchange', { ...rabbitmq, exchange_name: '' }, 'messaging.exchange_name', 'must not be empty'],
  ['a name RabbitMQ keeps for itself', { ...rabbitmq, queue_prefix: 'amq.' }, 'messaging.queue_prefix', 'amq.'],
  ['an unknown way with the unroutable', { ...rabbitmq, unroutable: 'drop' }, 'messaging.unroutable', 'must be "park" or "error"'],
  ['an empty subject prefix', { ...nats, subject_prefix: '' }, 'messaging.subject_prefix', 'not empty'],
  ['a subject prefix with a wildcard', { ...nats, subject_prefix: 'payments.>' }, 'messaging.subject_prefix', 'must be words'],
  ['a group outside the grammar', { ...kafka, group_id: 'Payment Service' }, 'messaging.group_id', '1 to 63 characters'],
  ['an unknown start', { ...kafka, auto_offset_reset: 'newest' }, 'messaging.auto_offset_reset', '"earliest" or "latest"'],
  ['a retention that forgets at once', { ...kafka, retention_ms: 0 }, 'messaging.retention_ms', 'deleted'],
  ['no partitions', { ...kafka, partitions: 0 }, 'messaging.partitions', 'must be at least 1'],
  ['an impossible number of replicas', { ...nats, replicas: 2 }, 'messaging.replicas', 'must be 1 or 3 or 5'],
  ['a capacity of nothing', { ...memory, capacity: 0 }, 'messaging.capacity', 'must be at least 1'],
  ['a history of less than nothing', { ...memory, history: -1 }, 'messaging.history', 'must be at least 0'],
  ['a history that is no number', { ...memory, history: false }, 'messaging.history', 'whole number'],
  ['credentials in the URL and beside it', { ...redis, url: 'redis://me:hunter2@localhost' }, 'messaging.password', 'say them once'],
  ['a user without a password', { ...rabbitmq, username: 'me' }, 'messaging.password', 'is missing'],
  ['a password without a user', { ...rabbitmq, password: 'hunter2' }, 'messaging.username', 'is missing'],
  ['two kinds of credentials', { ...nats, username: 'me', password: 'hunter2', token: 'hunter2' }, 'messaging.token', 'say them once'],
  ['Kafka credentials without a mechanism', { ...kafka, username: 'me', password: 'hunter2' }, 'messaging.sasl_mechanism', 'is missing'],
  ['a mechanism without credentials', { ...kafka, sasl_mechanism: 'plain' }, 'messaging.username', 'is missing'],
  ['an empty password', { ...redis, password: '' }, 'messaging.password', 'must not be empty'],
  ['tls: false', { ...kafka, tls: false }, 'messaging.tls', 'leave it out'],
  ['a misspelled key of tls', { ...kafka, tls: { cafile: 'ca.pem' } }, 'messaging.tls.cafile', 'Did you mean "ca_file"?'],
  ['a certificate without its key', { ...kafka, tls: { cert_file: 'c.pem' } }, 'messaging.tls.key_file', 'go together'],
  ['a misspelled variable', redis, 'MESSAGING__STREAM_MAXLN', 'Did you mean "stream_maxlen"?', { MESSAGING__STREAM_MAXLN: '1' }],
  ['a variable that is no number', redis, 'Messaging__Stream_Maxlen', 'must be a whole number', { Messaging__Stream_Maxlen: 'hunter2' }],
  ['a variable out of range', redis, 'MESSAGING__STREAM_MAXLEN', 'must be at least 1', { MESSAGING__STREAM_MAXLEN: '-5' }],
  ['a variable with the URL of another broker', redis, 'MESSAGING__URL', 'must begin with redis://', { MESSAGING__URL: 'http://me:hunter2@x' }],
  ['an unknown broker in a variable', redis, 'MESSAGING__BROKER_TYPE', 'must be one of', { MESSAGING__BROKER_TYPE: 'sqs' }],
  ['another broker in a variable, without its URL', redis, 'messaging.url', 'is missing', { MESSAGING__BROKER_TYPE: 'kafka' }],
  ['an unknown key of tls in a variable', redis, 'MESSAGING__TLS__CAFILE', 'Did you mean "ca_file"?', { MESSAGING__TLS__CAFILE: 'x' }],
  ['a variable too deep', redis, 'MESSAGING__TLS__CA_FILE__X', 'is not a key of tls', { MESSAGING__TLS__CA_FILE__X: 'x' }],
  ['a variable into a key that has none', redis, 'MESSAGING__URL__HOST', 'is not a key', { MESSAGING__URL__HOST: 'x' }],
  ['one variable in two spellings', redis, 'messaging__password', 'two values', { MESSAGING__PASSWORD: 'hunter2', messaging__password: 'other' }],
];

describe('a bad configuration is refused', () => {
  const rows = table.map(([what, messaging, path, says, env = {}]) => ({ what, messaging, path, says, env }));
  it.each(rows)('$what', ({ messaging, path, says, env }) => {
    const since = performance.now();
    const error = refusal(() => parseConfig({ messaging }, { env }));
    expect(performance.now() - since).toBeLessThan(100);
    expect(error.path).toBe(path);
    expect(error.message).toContain(path);
    expect(error.message).toContain(says);
    const shown = [error.message, inspect(error, { depth: null, showHidden: true }), JSON.stringify(error)].join('\n');
    expect(shown).not.toContain('hunter2');
  });

  it.each([[null], [7], ['text'], [[]]])('as a whole: %j', (value) => {
    expect(refusal(() => parseConfig(value)).path).toBe('config');
  });

  it('with every problem at once', () => {
    const { message } = refusal(() => parseConfig({ messaging: { ...kafka, partitions: 0, group_id: '', foo: 1 } }));
    for (const path of ['messaging.partitions', 'messaging.group_id', 'messaging.foo']) expect(message).toContain(path);
  });

  it('with a hint where messaging is misspelled', () => {
    expect(refusal(() => parseConfig({ mesaging: memory })).message).toBe('messaging is missing. Is it "mesaging"?');
  });
});

function refusal(attempt: () => unknown): ConfigurationError {
  try {
    attempt();
  } catch (error) {
    if (ConfigurationError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('was not refused');
}
