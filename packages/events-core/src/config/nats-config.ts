import { z } from 'zod';
import { checkCredentials, credentialKeys, urlKey, type ConnectionConfig } from './connection-keys.ts';
import { groupKey } from './group-key.ts';

/** The `messaging` section for NATS JetStream. At most one of user name, token, seed and credentials file. */
export interface NatsConfig extends ConnectionConfig {
  readonly broker_type: 'nats';
  /** Begins the subject of every event and names the stream: `acme.pay.` is stream `acme-pay`. @default 'payments.' */
  readonly subject_prefix: string;
  /** The default group of consumers. @default 'payment-service' */
  readonly queue_group: string;
  readonly token?: string;
  /** File with an NKey seed (`SU…`). */
  readonly nkey_seed_file?: string;
  /** File with a JWT and its seed (`.creds`). */
  readonly credentials_file?: string;
  /** Size in bytes at which the stream refuses further events. @default the adapter's, stated in its README */
  readonly max_bytes?: number;
  /** Copies of the stream in a cluster: 1, 3 or 5. @default 1 */
  readonly replicas: number;
}

export const natsSchema = z
  .strictObject({
    broker_type: z.literal('nats'),
    url: urlKey({ schemes: ['nats', 'tls'], servers: 'several' }),
    subject_prefix: z
      .string()
      .max(100)
      .regex(/^([a-z0-9_]+\.)+$/, 'must be words of a-z, 0-9 and "_", each ended by a dot, and not empty: "payments."')
      .default('payments.'),
    queue_group: groupKey,
    token: z.string().min(1).exactOptional(),
    nkey_seed_file: z.string().min(1).exactOptional(),
    credentials_file: z.string().min(1).exactOptional(),
    max_bytes: z.int().min(1_048_576).exactOptional(),
    replicas: z.literal([1, 3, 5]).default(1),
    ...credentialKeys,
  })
  .superRefine((config, context) => {
    checkCredentials(config, context, { passwordAlone: false });
    const user = config.username !== undefined || /@/.test(config.url) ? ['username'] : [];
    const others = (['token', 'nkey_seed_file', 'credentials_file'] as const).filter(
      (key) => config[key] !== undefined,
    );
    const [, second] = [...user, ...others];
    if (second === undefined) return;
    context.addIssue({
      code: 'custom',
      path: [second],
      message: 'must not be set beside other credentials: say them once',
    });
  }) satisfies z.ZodType<NatsConfig>;
