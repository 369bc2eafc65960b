/**
 * Kafka as its package makes it of a configuration, but for a short session: the partitions of a process that died are free
 * again while a test waits.
 */
import { ConfigurationError, type BrokerAdapter, type MessagingConfig } from '@payments/events-core';
import { kafka } from '@payments/events-kafka';

/** Brokers refuse less than 6 s, but for those that are set up for it. */
export const sessionMs = 4_000;

export function adapterFromConfiguration(messaging: MessagingConfig): BrokerAdapter {
  if (messaging.broker_type !== 'kafka') throw new ConfigurationError('This is for Kafka.', 'messaging.broker_type');
  const { url, topic_prefix, partitions } = messaging;
  return kafka({ url, topicPrefix: topic_prefix, partitions, sessionTimeoutMs: sessionMs });
}
