import { ConfigurationError, type MessagingConfig } from '@payments/events-core';
import type { KafkaOptions } from './options.ts';
import type { TlsOptions } from './settings.ts';

/**
 * What the `messaging` section of a configuration says. Its `group_id` and `auto_offset_reset` are what core takes for
 * consumers that say nothing else. @throws {ConfigurationError} for another broker's section.
 */
export function optionsFromConfiguration(messaging: MessagingConfig): KafkaOptions {
  if (messaging.broker_type !== 'kafka') {
    throw new ConfigurationError(
      `broker_type is "${messaging.broker_type}", and this is the Kafka adapter.`,
      'messaging.broker_type',
    );
  }
  const { url, username, password, sasl_mechanism, tls, replication_factor } = messaging;
  return {
    url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(sasl_mechanism === undefined ? {} : { saslMechanism: sasl_mechanism }),
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
    topicPrefix: messaging.topic_prefix,
    topicStrategy: messaging.topic_strategy,
    partitions: messaging.partitions,
    ...(replication_factor === undefined ? {} : { replicationFactor: replication_factor }),
    retentionMs: messaging.retention_ms,
  };
}

function tlsOptions({ ca_file, cert_file, key_file, server_name }: NonNullable<TlsSection>): TlsOptions {
  return {
    ...(ca_file === undefined ? {} : { caFile: ca_file }),
    ...(cert_file === undefined ? {} : { certFile: cert_file }),
    ...(key_file === undefined ? {} : { keyFile: key_file }),
    ...(server_name === undefined ? {} : { serverName: server_name }),
  };
}

type TlsSection = Extract<MessagingConfig, { broker_type: 'kafka' }>['tls'];
