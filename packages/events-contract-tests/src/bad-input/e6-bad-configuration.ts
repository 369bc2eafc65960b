import { ConfigurationError, createConsumer, createPublisher, parseConfig } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import type { LabProcess } from '../bench/process.ts';
import type { Clause } from '../clause.ts';
import { between, equal, failsWith, holds } from '../verdict.ts';

const noLaterThanMs = 100;

export const E6: Clause = {
  id: 'E6',
  title: 'answers 25 bad configurations with a ConfigurationError that names the path, within 100 ms',
  async run(bench) {
    const cases = [...inTheFile(), ...inTheCode(await bench.process(), bench)];
    equal(cases.length, 25, 'bad configurations');
    for (const { name, path, attempt } of cases) {
      const startedAt = performance.now();
      const error = await bench.time.outside(failsWith(ConfigurationError, attempt, name));
      between(performance.now() - startedAt, 0, noLaterThanMs, `${name}: milliseconds until it was refused`);
      equal(error.path, path, `${name}: the path the error names`);
      holds(!error.message.includes(secret), `${name}: the error shows the password: ${error.message}`);
      holds(error.message.length > 20, `${name}: the error says what to do: "${error.message}"`);
    }
  },
};

interface BadConfiguration {
  readonly name: string;
  readonly path: string;
  attempt(): unknown;
}

const secret = 'opensesame';

function inTheFile(): readonly BadConfiguration[] {
  const section = (
    name: string,
    path: string,
    messaging: unknown,
    env: Record<string, string> = {},
  ): BadConfiguration => ({
    name,
    path,
    attempt: () => parseConfig({ messaging }, { env }),
  });
  const rabbitmq = { broker_type: 'rabbitmq', url: `amqp://guest:${secret}@localhost/` };
  const kafka = { broker_type: 'kafka', url: 'kafka://localhost:9092' };
  const redis = { broker_type: 'redis', url: 'redis://localhost' };
  const nats = { broker_type: 'nats', url: 'nats://localhost:4222' };
  return [
    { name: 'a configuration that is a list', path: 'config', attempt: () => parseConfig([]) },
    { name: 'no messaging section', path: 'messaging', attempt: () => parseConfig({ mesaging: {} }) },
    section('an unknown broker', 'messaging.broker_type', { ...rabbitmq, broker_type: 'rabitmq' }),
    section('an unknown key', 'messaging.exchange', { ...rabbitmq, exchange: 'payments' }),
    section('a wrong type', 'messaging.exchange_durable', { ...rabbitmq, exchange_durable: 'yes' }),
    section('an unsafe value', 'messaging.exchange_durable', { ...rabbitmq, exchange_durable: false }),
    section('an exchange that cannot route by pattern', 'messaging.exchange_type', {
      ...rabbitmq,
      exchange_type: 'direct',
    }),
    section('no address', 'messaging.url', { broker_type: 'rabbitmq' }),
    section('another broker’s address', 'messaging.url', { ...kafka, url: `amqp://guest:${secret}@localhost/` }),
    section('a password said twice', 'messaging.password', { ...rabbitmq, username: 'guest', password: secret }),
    section('a group outside the grammar', 'messaging.group_id', { ...kafka, group_id: 'Payment Service' }),
    section('an unknown start', 'messaging.auto_offset_reset', { ...kafka, auto_offset_reset: 'middle' }),
    section('a history of nothing', 'messaging.stream_maxlen', { ...redis, stream_maxlen: 0 }),
    section('another broker’s key', 'messaging.queue_group', { ...redis, queue_group: 'payments' }),
    section('an empty prefix', 'messaging.subject_prefix', { ...nats, subject_prefix: '' }),
    section('a capacity of nothing', 'messaging.capacity', { broker_type: 'memory', capacity: 0 }),
    section('a bad variable', 'MESSAGING__CAPACITY', { broker_type: 'memory' }, { MESSAGING__CAPACITY: 'plenty' }),
  ];
}

function inTheCode({ broker }: LabProcess, bench: Bench): readonly BadConfiguration[] {
  const { events, type } = bench;
  const group = bench.group();
  const consumer = (name: string, path: string, options: object): BadConfiguration => ({
    name,
    path,
    attempt: () => createConsumer({ broker, group, events, ...options }),
  });
  return [
    consumer('a consumer of a group outside the grammar', 'consumer.group', { group: 'Ledger' }),
    consumer('a consumer that runs nothing', 'consumer.concurrency', { concurrency: 0 }),
    consumer('a limit that has no meaning unordered', 'consumer.maxInFlight', { maxInFlight: 100 }),
    consumer('a policy without attempts', 'retry.maxAttempts', { retry: { maxAttempts: 0 } }),
    {
      name: 'a pattern that matches nothing',
      path: 'consumer.on',
      attempt: () =>
        createConsumer({ broker, group, events })
          .on(`${type}.never`, () => {})
          .start(),
    },
    {
      name: 'a consumer without handlers',
      path: 'consumer.on',
      attempt: () => createConsumer({ broker, group, events }).start(),
    },
    {
      name: 'a publisher that does not say who it is',
      path: 'publisher.source',
      attempt: () => createPublisher({ broker, source: '' }),
    },
    {
      name: 'something that is no broker',
      path: 'broker',
      attempt: () => createPublisher({ broker: { url: `amqp://guest:${secret}@localhost/` } as never, source: '/e6' }),
    },
  ];
}
