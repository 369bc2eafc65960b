import { fallbackGroup } from './group-key.ts';
import { kafkaSchema, type KafkaConfig } from './kafka-config.ts';
import { memorySchema, type MemoryConfig } from './memory-config.ts';
import { natsSchema, type NatsConfig } from './nats-config.ts';
import { rabbitmqSchema, type RabbitmqConfig } from './rabbitmq-config.ts';
import { redisSchema, type RedisConfig } from './redis-config.ts';

/**
 * The `messaging` section of an application's configuration, checked and with its defaults. The one that `loadConfig`
 * and `parseConfig` return shows no password when it is logged or turned into JSON.
 */
export type MessagingConfig = RabbitmqConfig | KafkaConfig | RedisConfig | NatsConfig | MemoryConfig;

export type BrokerType = MessagingConfig['broker_type'];

/** The default comes first. */
export const brokerTypes: readonly BrokerType[] = ['rabbitmq', 'kafka', 'redis', 'nats', 'memory'];

/** What each `broker_type` may be told. */
export const messagingSchemas = {
  rabbitmq: rabbitmqSchema,
  kafka: kafkaSchema,
  redis: redisSchema,
  nats: natsSchema,
  memory: memorySchema,
} satisfies Record<BrokerType, unknown>;

/** The group of consumers that name none: `group_id`, `consumer_group` or `queue_group`; `payment-service` where the broker has no such key. */
export function defaultGroupOf(messaging: MessagingConfig): string {
  switch (messaging.broker_type) {
    case 'kafka':
      return messaging.group_id;
    case 'redis':
      return messaging.consumer_group;
    case 'nats':
      return messaging.queue_group;
    case 'rabbitmq':
    case 'memory':
      return fallbackGroup;
  }
}

/** Where a group that does not exist yet begins. */
export function startFromOf(messaging: MessagingConfig): 'earliest' | 'latest' {
  return messaging.broker_type === 'kafka' ? messaging.auto_offset_reset : 'earliest';
}
