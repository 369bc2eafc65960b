const core = 'packages/events-core/src';
const ofCore = 'packages/events-core/README.md';
const ofMemory = 'packages/events-memory/README.md';
const ofRabbitmq = 'packages/events-rabbitmq/README.md';
const ofKafka = 'packages/events-kafka/README.md';
const configuration = 'docs/configuration.md';

/** Interfaces whose members are documented: name, source, document, and the heading above their table. */
export const documentedOptions = [
  ['PublisherOptions', `${core}/publish/publish-options.ts`, ofCore, '### `createPublisher`'],
  ['ConsumerOptions', `${core}/consume/consumer-options.ts`, ofCore, '### `createConsumer`'],
  ['RetryPolicy', `${core}/consume/retry-policy.ts`, ofCore, '### `retry`'],
  ['ConnectOptions', `${core}/broker/connect-broker.ts`, ofCore, '### `connectBroker`'],
  ['ConnectionPorts', `${core}/connection/connection.ts`, ofCore, '### `connectBroker`'],
  ['MemoryInboxOptions', `${core}/consume/memory-inbox.ts`, ofCore, '### `memoryInbox`'],
  ['MemoryServerOptions', 'packages/events-memory/src/server/server-options.ts', ofMemory, '## Options'],
  ['MemoryOptions', 'packages/events-memory/src/options.ts', ofMemory, '## Options'],
  ['RabbitmqOptions', 'packages/events-rabbitmq/src/options.ts', ofRabbitmq, '## Options'],
  ['TlsOptions', 'packages/events-rabbitmq/src/settings.ts', ofRabbitmq, '### `tls`'],
  ['KafkaOptions', 'packages/events-kafka/src/options.ts', ofKafka, '## Options'],
  ['TlsOptions', 'packages/events-kafka/src/settings.ts', ofKafka, '### `tls`'],
  [
    'BrokerHarness',
    'packages/events-contract-tests/src/harness.ts',
    'packages/events-contract-tests/README.md',
    '## Options',
  ],
  ['RabbitmqConfig', `${core}/config/rabbitmq-config.ts`, configuration, '## rabbitmq'],
  ['KafkaConfig', `${core}/config/kafka-config.ts`, configuration, '## kafka'],
  ['RedisConfig', `${core}/config/redis-config.ts`, configuration, '## redis'],
  ['NatsConfig', `${core}/config/nats-config.ts`, configuration, '## nats'],
  ['MemoryConfig', `${core}/config/memory-config.ts`, configuration, '## memory'],
  [
    'ConnectionConfig',
    `${core}/config/connection-keys.ts`,
    configuration,
    '## Keys of every broker that is reached over the network',
  ],
] as const;
