import { z } from 'zod';
import { checkCredentials, credentialKeys, urlKey, type ConnectionConfig } from './connection-keys.ts';

/** The `messaging` section for RabbitMQ. It has no key for a group: the default is `payment-service`. */
export interface RabbitmqConfig extends ConnectionConfig {
  readonly broker_type: 'rabbitmq';
  /** The exchange events are published to. @default 'payments' */
  readonly exchange_name: string;
  /** Begins the name of every queue the library creates. @default 'payment_' */
  readonly queue_prefix: string;
  /** No other type of exchange routes by pattern. @default 'topic' */
  readonly exchange_type: 'topic';
  /** Events would not survive a restart of the broker otherwise. @default true */
  readonly exchange_durable: true;
  /** What becomes of an event that no queue is bound for: kept in a queue of its own, or refused at publish. @default 'park' */
  readonly unroutable: 'park' | 'error';
}

const name = /^(?!amq\.)[A-Za-z0-9_.:-]*$/;
const nameRule =
  'must hold only letters, digits, "_", ".", ":" and "-", and not begin with "amq.", which RabbitMQ keeps for itself';

export const rabbitmqSchema = z
  .strictObject({
    broker_type: z.literal('rabbitmq'),
    url: urlKey({
      schemes: ['amqp', 'amqps'],
      servers: 'one',
      path: {
        allowed: /^(?:[^/]*|\/)$/,
        message: 'must name one virtual host: percent-encode a "/" in its name as %2F',
      },
    }),
    exchange_name: z
      .string()
      .min(1, 'must not be empty: events cannot be routed by pattern without an exchange')
      .max(127)
      .regex(name, nameRule)
      .default('payments'),
    queue_prefix: z.string().max(100).regex(name, nameRule).default('payment_'),
    exchange_type: z
      .literal('topic', { error: 'must be "topic": no other type of exchange routes by pattern' })
      .default('topic'),
    exchange_durable: z
      .literal(true, {
        error:
          'must be true: bindings would not survive a restart of the broker, and events published after it would be lost',
      })
      .default(true),
    unroutable: z.enum(['park', 'error']).default('park'),
    ...credentialKeys,
  })
  .superRefine((config, context) =>
    checkCredentials(config, context, { passwordAlone: false }),
  ) satisfies z.ZodType<RabbitmqConfig>;
