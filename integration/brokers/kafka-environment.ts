import { kafkaLoginPort, kafkaTlsPort } from './kinds.ts';

/** Where the key of the listener with TLS lies in the container, with its certificate, as PEM. */
export const kafkaKeyStore = '/etc/kafka-secure.pem';

const login = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';

/**
 * The settings of one Kafka node that is broker and controller, in the form the official image reads. Who comes by the
 * plain port is an administrator; who comes with a password may do what no access control list forbids.
 *
 * @param published ports inside, and where each is published; clients go on to where the broker says it is
 */
export function kafkaEnvironment(
  host: string,
  published: Readonly<Record<number, number>>,
): Readonly<Record<string, string>> {
  const listeners = [
    { name: 'PLAINTEXT', port: 9092, at: `${host}:${published[9092]}`, protocol: 'PLAINTEXT' },
    { name: 'INSIDE', port: 9093, at: 'localhost:9093', protocol: 'PLAINTEXT' },
    // The official image takes SSL and SASL in a listener's name for its own settings.
    ...clientListeners(host, published),
  ];
  return {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: [...listeners.map(({ name, port }) => `${name}://:${port}`), 'CONTROLLER://:9094'].join(),
    KAFKA_ADVERTISED_LISTENERS: listeners.map(({ name, at }) => `${name}://${at}`).join(),
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: [
      ...listeners.map(({ name, protocol }) => `${name}:${protocol}`),
      'CONTROLLER:PLAINTEXT',
    ].join(),
    KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9094',
    ...everyNode,
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  };
}

function clientListeners(host: string, published: Readonly<Record<number, number>>) {
  const possible = [
    { name: 'CLIENTS', port: kafkaLoginPort, protocol: 'SASL_PLAINTEXT' },
    { name: 'SECURE', port: kafkaTlsPort, protocol: 'SASL_SSL' },
  ];
  return possible
    .filter(({ port }) => published[port] !== undefined)
    .map((listener) => ({ ...listener, at: `${host}:${published[listener.port]}` }));
}

/** Of a node that is alone, and of each in a cluster. */
export const everyNode: Readonly<Record<string, string>> = {
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
  KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  KAFKA_AUTHORIZER_CLASS_NAME: 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND: 'true',
  KAFKA_SUPER_USERS: 'User:ANONYMOUS',
  KAFKA_SASL_ENABLED_MECHANISMS: 'SCRAM-SHA-256',
  KAFKA_LISTENER_NAME_CLIENTS_SCRAM___SHA___256_SASL_JAAS_CONFIG: login,
  KAFKA_LISTENER_NAME_SECURE_SCRAM___SHA___256_SASL_JAAS_CONFIG: login,
  KAFKA_LISTENER_NAME_SECURE_SSL_KEYSTORE_TYPE: 'PEM',
  KAFKA_LISTENER_NAME_SECURE_SSL_KEYSTORE_LOCATION: kafkaKeyStore,
};

/**
 * Of nodes that are killed: after SIGKILL one waits for the end of its own old session, by default 9 s, before it starts. Not
 * of one that many share: on a busy machine a short session ends by itself, and while it does the node leads no partition.
 */
export const soonBack: Readonly<Record<string, string>> = {
  KAFKA_BROKER_SESSION_TIMEOUT_MS: '4000',
  KAFKA_BROKER_HEARTBEAT_INTERVAL_MS: '500',
};
