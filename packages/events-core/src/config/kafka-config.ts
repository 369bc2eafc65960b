import { z } from 'zod';
import { checkCredentials, credentialKeys, urlKey, type ConnectionConfig } from './connection-keys.ts';
import { groupKey } from './group-key.ts';

/** The `messaging` section for Kafka. */
export interface KafkaConfig extends ConnectionConfig {
  readonly broker_type: 'kafka';
  /** Begins the name of every topic. @default 'payments.' */
  readonly topic_prefix: string;
  /** The default group of consumers. @default 'payment-service' */
  readonly group_id: string;
  /** Where a group that does not exist yet begins. @default 'earliest' */
  readonly auto_offset_reset: 'earliest' | 'latest';
  /** One topic per entity (`transaction`), or per type, as the Python library has them. @default 'entity' */
  readonly topic_strategy: 'entity' | 'type';
  /** Partitions of topics the library creates. @default 6 */
  readonly partitions: number;
  /** Copies of topics the library creates. @default 3, or as many as there are brokers if fewer */
  readonly replication_factor?: number;
  /** Milliseconds that topics the library creates keep events, handled or not; -1 is for ever. @default 2_592_000_000 (30 days) */
  readonly retention_ms: number;
  /** How `username` and `password` are shown to the broker; needed with them. */
  readonly sasl_mechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512';
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

export const kafkaSchema = z
  .strictObject({
    broker_type: z.literal('kafka'),
    url: urlKey({ schemes: ['kafka'], servers: 'several' }),
    topic_prefix: z
      .string()
      .max(100)
      .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]*$/, 'must hold only letters, digits, ".", "_" and "-"')
      .default('payments.'),
    group_id: groupKey,
    auto_offset_reset: z.enum(['earliest', 'latest']).default('earliest'),
    topic_strategy: z.enum(['entity', 'type']).default('entity'),
    partitions: z.int().min(1).max(10_000).default(6),
    replication_factor: z.int().min(1).max(100).exactOptional(),
    retention_ms: z
      .int()
      .refine((retentionMs) => retentionMs === -1 || retentionMs >= hourMs, {
        error: `must be -1 (for ever) or at least ${hourMs} (an hour): events nobody has read by then are deleted`,
      })
      .default(30 * dayMs),
    sasl_mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).exactOptional(),
    ...credentialKeys,
  })
  .superRefine((config, context) => {
    checkCredentials(config, context, { passwordAlone: false });
    const named = config.username !== undefined || /@/.test(config.url);
    if (named === (config.sasl_mechanism !== undefined)) return;
    context.addIssue(
      named
        ? {
            code: 'custom',
            path: ['sasl_mechanism'],
            message: 'is missing: there are credentials. It is "plain", "scram-sha-256" or "scram-sha-512"',
          }
        : { code: 'custom', path: ['username'], message: 'is missing: sasl_mechanism is set' },
    );
  }) satisfies z.ZodType<KafkaConfig>;
