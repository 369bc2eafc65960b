/** What is known of each broker before one of it runs: its official image, its ports, the variables that name another. */

export const brokerKinds = ['rabbitmq', 'kafka', 'redis', 'nats'] as const;
export type BrokerKind = (typeof brokerKinds)[number];

export interface BrokerFacts {
  /** As people write it. */
  readonly title: string;
  /** The pinned official image, of the version that the stand-in has. */
  readonly officialImage: string;
  /** Gives the URL of a broker that runs already. */
  readonly urlVariable: string;
  /** Names an image that replaces the official one. */
  readonly imageVariable: string;
  /** The port of the broker's own protocol, inside the container. */
  readonly port: number;
  /** Other ports that are always published. */
  readonly otherPorts: readonly number[];
  /** The same for every image: the official one and the stand-in. */
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments for the image's entry point, where its own are not enough. */
  readonly command?: readonly string[];
}

export const rabbitmqManagementPort = 15672;
export const rabbitmqTlsPort = 5671;
/** For clients with a user and a password, which are to be made first: any SCRAM-SHA-256 credential. */
export const kafkaLoginPort = 9095;
/** The same over TLS; listens only where it is published, and a key store is put in. */
export const kafkaTlsPort = 9096;

export const brokers: Readonly<Record<BrokerKind, BrokerFacts>> = {
  rabbitmq: {
    title: 'RabbitMQ',
    officialImage: 'rabbitmq:4.0.5-management',
    urlVariable: 'EVENTS_RABBITMQ_URL',
    imageVariable: 'EVENTS_IMAGE_RABBITMQ',
    port: 5672,
    otherPorts: [rabbitmqManagementPort],
    environment: {
      // The node's data carries its name, and the container's own name is another in every container.
      RABBITMQ_NODENAME: 'rabbit@localhost',
      // Erlang's schedulers otherwise spin while they wait, on cores that the tests need.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +sbwtdcpu none +sbwtdio none',
    },
  },
  kafka: {
    title: 'Kafka',
    officialImage: 'apache/kafka:4.3.1',
    urlVariable: 'EVENTS_KAFKA_URL',
    imageVariable: 'EVENTS_IMAGE_KAFKA',
    port: 9092,
    otherPorts: [kafkaLoginPort],
    // Brokers of tests are started often and live for minutes: the best compiler never earns back what it costs.
    environment: { KAFKA_HEAP_OPTS: '-Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC' },
  },
  redis: {
    title: 'Redis',
    officialImage: 'redis:8.0.2',
    urlVariable: 'EVENTS_REDIS_URL',
    imageVariable: 'EVENTS_IMAGE_REDIS',
    port: 6379,
    otherPorts: [],
    environment: {},
    // Docker's proxy comes from another address, which Debian's Redis takes for the world outside.
    command: ['redis-server', '--appendonly', 'yes', '--save', '', '--protected-mode', 'no'],
  },
  nats: {
    title: 'NATS',
    officialImage: 'nats:2.10.27',
    urlVariable: 'EVENTS_NATS_URL',
    imageVariable: 'EVENTS_IMAGE_NATS',
    port: 4222,
    otherPorts: [],
    environment: {},
    command: ['--jetstream', '--store_dir', '/data'],
  },
};

/** @throws {TypeError} for a word that is no broker. */
export function brokerKind(word: string): BrokerKind {
  const kind = brokerKinds.find((known) => known === word);
  if (kind === undefined) throw new TypeError(`${word} is no broker: ${brokerKinds.join(', ')}`);
  return kind;
}
