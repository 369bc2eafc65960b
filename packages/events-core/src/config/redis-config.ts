import { z } from 'zod';
import { checkCredentials, credentialKeys, urlKey, type ConnectionConfig } from './connection-keys.ts';
import { groupKey } from './group-key.ts';

/** The `messaging` section for Redis Streams. */
export interface RedisConfig extends ConnectionConfig {
  readonly broker_type: 'redis';
  /** Entries of history a stream keeps after every group has acknowledged them. Unread and pending events are never trimmed. @default 1_000 */
  readonly stream_maxlen: number;
  /** The default group of consumers. @default 'payment-service' */
  readonly consumer_group: string;
  /** Begins the name of every key. A clustered server needs a hash tag in it: `{payments}:`. @default 'payments:' */
  readonly stream_prefix: string;
  /** One stream per entity (`transaction`), or per type, as the Python library has them. @default 'entity' */
  readonly topic_strategy: 'entity' | 'type';
}

export const redisSchema = z
  .strictObject({
    broker_type: z.literal('redis'),
    url: urlKey({
      schemes: ['redis', 'rediss'],
      servers: 'one',
      path: { allowed: /^\d{0,5}$/, message: 'must end at the host, or with the number of a database: redis://host/0' },
    }),
    stream_maxlen: z
      .int()
      .min(1, 'must be at least 1: it bounds the history that every group has acknowledged')
      .default(1_000),
    consumer_group: groupKey,
    stream_prefix: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9_.:{}-]*$/, 'must hold only letters, digits, "_", ".", ":", "-" and a {hash tag}')
      .default('payments:'),
    topic_strategy: z.enum(['entity', 'type']).default('entity'),
    ...credentialKeys,
  })
  .superRefine((config, context) =>
    checkCredentials(config, context, { passwordAlone: true }),
  ) satisfies z.ZodType<RedisConfig>;
