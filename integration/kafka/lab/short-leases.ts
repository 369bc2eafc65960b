/**
 * What a configuration cannot say: the lab's clients are to be taken for dead while a clause waits. And as each partition
 * costs each of some hundred clients its share, there are as many as show that there are several.
 */
import { ConfigurationError, type BrokerAdapter, type MessagingConfig } from '@payments/events-core';
import { kafka, type KafkaOptions } from '@payments/events-kafka';

export const shortLeases = {
  sessionTimeoutMs: 6_000,
  requestTimeoutMs: 3_000,
  topicRefreshMs: 1_000,
  partitions: 3,
} as const satisfies Partial<KafkaOptions>;

/** For programs of their own. */
export function adapterFromConfiguration(messaging: MessagingConfig): BrokerAdapter {
  if (messaging.broker_type !== 'kafka') throw new ConfigurationError('This is for Kafka.', 'messaging.broker_type');
  const { url, username, password, sasl_mechanism, topic_prefix } = messaging;
  if (username === undefined || password === undefined || sasl_mechanism === undefined)
    throw new ConfigurationError('The lab knows nobody without a password.', 'messaging.username');
  return kafka({ url, username, password, saslMechanism: sasl_mechanism, topicPrefix: topic_prefix, ...shortLeases });
}
