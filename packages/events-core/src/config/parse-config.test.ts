import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseConfig, type Config } from './parse-config.ts';

/** The sections of SOURCE.md as they stand there. */
const source = {
  rabbitmq: {
    broker_type: 'rabbitmq',
    url: 'amqp://guest:guest@localhost/',
    exchange_name: 'payments',
    queue_prefix: 'payment_',
    exchange_type: 'topic',
    exchange_durable: true,
  },
  kafka: {
    broker_type: 'kafka',
    url: 'kafka://localhost:9092',
    topic_prefix: 'payments.',
    group_id: 'payment-service',
    auto_offset_reset: 'earliest',
  },
  redis: { broker_type: 'redis', url: 'redis://localhost', stream_maxlen: 1000, consumer_group: 'payment-service' },
  nats: {
    broker_type: 'nats',
    url: 'nats://localhost:4222',
    subject_prefix: 'payments.',
    queue_group: 'payment-service',
  },
  memory: { broker_type: 'memory' },
};

const parsed = (messaging: unknown, env: Record<string, string> = {}) => parseConfig({ messaging }, { env }).messaging;

describe('a configuration of SOURCE.md', () => {
  it.each(Object.entries(source))('is read as it stands: %s', (_broker, section) => {
    expect(parsed(section)).toMatchObject(section);
  });

  it.each(Object.entries(source))('is the same when it is read again: %s', (_broker, section) => {
    expect(parsed(parsed(section))).toStrictEqual(parsed(section));
  });

  it('may name RabbitMQ’s virtual host "/"', () => {
    expect(parsed({ broker_type: 'rabbitmq', url: 'amqp://localhost/%2F' })).toMatchObject({
      url: 'amqp://localhost/%2F',
    });
  });

  it('gets the defaults of its broker', () => {
    expect(parsed({ broker_type: 'rabbitmq', url: 'amqp://localhost' })).toEqual({
      broker_type: 'rabbitmq',
      url: 'amqp://localhost',
      exchange_name: 'payments',
      queue_prefix: 'payment_',
      exchange_type: 'topic',
      exchange_durable: true,
      unroutable: 'park',
    });
    expect(parsed({ broker_type: 'kafka', url: 'kafka://localhost' })).toEqual({
      broker_type: 'kafka',
      url: 'kafka://localhost',
      topic_prefix: 'payments.',
      group_id: 'payment-service',
      auto_offset_reset: 'earliest',
      topic_strategy: 'entity',
      partitions: 6,
      retention_ms: 2_592_000_000,
    });
    expect(parsed({ broker_type: 'redis', url: 'redis://localhost' })).toEqual({
      broker_type: 'redis',
      url: 'redis://localhost',
      stream_maxlen: 1_000,
      consumer_group: 'payment-service',
      stream_prefix: 'payments:',
      topic_strategy: 'entity',
    });
    expect(parsed({ broker_type: 'nats', url: 'nats://localhost' })).toEqual({
      broker_type: 'nats',
      url: 'nats://localhost',
      subject_prefix: 'payments.',
      queue_group: 'payment-service',
      replicas: 1,
    });
    expect(parsed(source.memory)).toEqual({ broker_type: 'memory' });
  });

  it('is RabbitMQ where no broker_type is named', () => {
    expect(parsed({ url: 'amqp://localhost' })).toMatchObject({ broker_type: 'rabbitmq' });
  });

  it('may stand beside the settings of the application, whatever they are', () => {
    const { messaging } = parseConfig({
      messaging: source.memory,
      providers: { stripe: { api_key: 'sk' } },
      database: null,
    });
    expect(messaging).toEqual({ broker_type: 'memory' });
  });

  it('may name several servers of a cluster', () => {
    const url = 'kafka://one:9092,two:9092';
    expect(parsed({ broker_type: 'kafka', url })).toMatchObject({ url });
  });

  it('asks for TLS with the authorities Node.js trusts by tls: true, by an object, or by the scheme of the URL', () => {
    expect(parsed({ ...source.kafka, tls: true })).toMatchObject({ tls: {} });
    expect(parsed({ ...source.kafka, tls: { ca_file: 'ca.pem' } })).toMatchObject({ tls: { ca_file: 'ca.pem' } });
    expect(parsed({ broker_type: 'rabbitmq', url: 'amqps://broker' })).toMatchObject({ tls: {} });
    expect(parsed({ broker_type: 'redis', url: 'rediss://broker', tls: { server_name: 'b' } })).toMatchObject({
      tls: { server_name: 'b' },
    });
    expect(parsed(source.kafka)).not.toHaveProperty('tls');
  });
});

describe('the environment', () => {
  it('overrides the file, with names in any case and values of the key’s own type', () => {
    const env = {
      MESSAGING__URL: 'redis://other',
      messaging__stream_maxlen: '5000',
      MESSAGING__Tls__Ca_File: 'ca.pem',
      UNRELATED: 'x',
      MESSAGING: 'x',
    };
    expect(parsed(source.redis, env)).toMatchObject({
      url: 'redis://other',
      stream_maxlen: 5_000,
      tls: { ca_file: 'ca.pem' },
    });
    expect(parsed({ broker_type: 'memory' }, { MESSAGING__HISTORY: '0' })).toEqual({
      broker_type: 'memory',
      history: 0,
    });
    expect(parsed(source.rabbitmq, { MESSAGING__EXCHANGE_DURABLE: 'True' })).toMatchObject({ exchange_durable: true });
    expect(parsed(source.redis, { MESSAGING__TLS: 'true' })).toMatchObject({ tls: {} });
  });

  it('leaves a password of digits a text', () => {
    expect(parsed(source.redis, { MESSAGING__PASSWORD: '0123' })).toMatchObject({ password: '0123' });
  });

  it('adds to what the file says of TLS', () => {
    const section = { ...source.kafka, tls: { server_name: 'kafka' } };
    expect(parsed(section, { MESSAGING__TLS__CA_FILE: 'ca.pem' })).toMatchObject({
      tls: { server_name: 'kafka', ca_file: 'ca.pem' },
    });
  });

  it('is enough where the file has no messaging section', () => {
    expect(parseConfig({}, { env: { MESSAGING__BROKER_TYPE: 'memory' } }).messaging).toEqual({ broker_type: 'memory' });
  });

  it('replaces the section by naming another broker, so that no credential reaches the wrong one', () => {
    const section = { ...source.kafka, username: 'u', password: 'p', sasl_mechanism: 'plain' };
    expect(parsed(section, { MESSAGING__BROKER_TYPE: 'memory' })).toEqual({ broker_type: 'memory' });
    const nats = parsed(section, { MESSAGING__BROKER_TYPE: 'nats', MESSAGING__URL: 'nats://localhost' });
    expect(nats).not.toHaveProperty('password');
  });

  it('is not read unless it is given', () => {
    process.env['MESSAGING__URL'] = 'amqp://from-the-environment';
    try {
      expect(parseConfig({ messaging: source.redis }).messaging).toMatchObject({ url: 'redis://localhost' });
    } finally {
      delete process.env['MESSAGING__URL'];
    }
  });
});

describe('a parsed configuration', () => {
  it('shows no secret to a log line', () => {
    const configs = [
      parseConfig({ messaging: { broker_type: 'redis', url: 'redis://localhost', password: 'hunter2' } }),
      parseConfig({ messaging: { broker_type: 'redis', url: 'redis://me:hunter2@localhost' } }),
      parseConfig({ messaging: { ...source.nats, token: 'hunter2' } }),
      parseConfig({ messaging: { broker_type: 'kafka', url: 'kafka://me:hunter2@one,two', sasl_mechanism: 'plain' } }),
    ];
    for (const config of configs) {
      for (const shown of [inspect(config, { depth: null }), inspect(config.messaging), JSON.stringify(config)]) {
        expect(shown).not.toContain('hunter2');
        expect(shown).toContain('***');
      }
    }
    expect(configs[0]?.messaging).toHaveProperty('password', 'hunter2');
  });

  it('shows of a URL what is no secret, however long or odd the password is', () => {
    const shownUrl = (messaging: object) =>
      (JSON.parse(JSON.stringify(parseConfig({ messaging }))) as Config).messaging;
    const password = `${'a'.repeat(5_000)}%20%22%40%2Fhunter2`;
    const rabbitmq = { broker_type: 'rabbitmq', url: `amqps://app:${password}@rabbit.example:5671/pr%20od` };
    expect(shownUrl(rabbitmq)).toMatchObject({ url: 'amqps://***@rabbit.example:5671/pr%20od' });
    const kafka = { broker_type: 'kafka', url: 'kafka://[::1]:9092,two:9093' };
    expect(shownUrl(kafka)).toMatchObject({ url: 'kafka://[::1]:9092,two:9093' });
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(parsed(source.redis))).toBe(true);
  });
});
