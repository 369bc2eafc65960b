import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { rabbitmqServer, type RabbitmqServer } from '../../brokers/rabbitmq-server.ts';
import { labServer } from '../lab/lab-server.ts';
import type { Management } from '../lab/management.ts';
import { openTenant, type Permissions } from '../lab/tenant.ts';

/** What another program publishes. Bytes that are no text go in base64. */
interface ForeignMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: string | Uint8Array;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** A virtual host of a test's own, and what an administrator, or another program, can do in it. Over HTTP: the adapter has no part in it. */
export interface VirtualHost {
  readonly name: string;
  readonly server: RabbitmqServer;
  readonly management: Management;
  /** Of a user who may do everything here, and is no administrator. */
  readonly url: string;
  readonly username: string;
  /** With characters that a URL must encode. Must never be shown. */
  readonly password: string;
  /** Of another such user. */
  readonly foreignUrl: string;
  readonly foreignUsername: string;
  /** A new user, with a password that must never be shown. */
  user(permissions?: Permissions): Promise<{ readonly url: string; readonly password: string }>;
  permit(user: string, permissions: Permissions): Promise<void>;
  declareQueue(name: string, settings: { readonly arguments?: object; readonly durable?: boolean }): Promise<void>;
  declareExchange(name: string, settings: { readonly type: string; readonly durable?: boolean }): Promise<void>;
  /** How many messages a queue holds for its consumers; undefined where there is no such queue. */
  ready(queue: string): Promise<number | undefined>;
  queues(): Promise<readonly string[]>;
  publish(message: ForeignMessage): Promise<void>;
  /** As an operator does: `{ 'max-length': 1 }` for queues of that name. Returns what takes it back. */
  limit(queue: string, definition: object): Promise<() => Promise<void>>;
}

/**
 * Call it in a test: it is removed, with its users, when that is over, however it ends.
 *
 * @param server the shared one, unless a test has its own. @throws {Error} where no administrator can come in
 */
export async function openVirtualHost(server?: RabbitmqServer): Promise<VirtualHost> {
  const broker = server ?? (await rabbitmqServer());
  const { host, port } = broker;
  const lab = labServer(broker, { own: false });
  const { management } = lab;
  const name = `test-${randomBytes(6).toString('hex')}`;
  const { remove, username, password, foreign } = await openTenant(lab, name);
  onTestFinished(remove);
  const at = (kind: string, what: string) => `/${kind}/${name}/${encodeURIComponent(what)}`;
  const urlOf = (user: string, secret: string) =>
    `amqp://${user}:${encodeURIComponent(secret)}@${host}:${port}/${name}`;
  const permit: VirtualHost['permit'] = async (user, permissions) =>
    void (await management.request('PUT', at('permissions', user), permissions));
  const queues = async () =>
    (await management.request('GET', `/queues/${name}?disable_stats=true&enable_queue_totals=true`)) as readonly {
      readonly name: string;
      readonly messages_ready?: number;
    }[];

  return {
    name,
    server: broker,
    management,
    url: urlOf(username, password),
    username,
    password,
    foreignUrl: urlOf(foreign.username, foreign.password),
    foreignUsername: foreign.username,
    permit,
    async user(permissions) {
      const user = `user-${randomBytes(4).toString('hex')}`;
      const secret = `secret-${randomBytes(8).toString('hex')}`;
      onTestFinished(async () => void (await management.request('DELETE', `/users/${user}`)));
      await management.request('PUT', `/users/${user}`, { password: secret, tags: '' });
      if (permissions !== undefined) await permit(user, permissions);
      return { url: urlOf(user, secret), password: secret };
    },
    async declareQueue(queue, settings) {
      await management.request('PUT', at('queues', queue), { durable: true, auto_delete: false, ...settings });
    },
    async declareExchange(exchange, settings) {
      await management.request('PUT', at('exchanges', exchange), { durable: true, auto_delete: false, ...settings });
    },
    async ready(queue) {
      // To look by taking and giving back would charge the messages. These numbers are up to 5 s old.
      return (await queues()).find((one) => one.name === queue)?.messages_ready;
    },
    queues: async () => (await queues()).map((queue) => queue.name).toSorted(),
    async publish({ exchange, routingKey, body, properties = {} }) {
      const answer = await management.request('POST', `${at('exchanges', exchange || 'amq.default')}/publish`, {
        routing_key: routingKey,
        properties,
        payload: typeof body === 'string' ? body : Buffer.from(body).toString('base64'),
        payload_encoding: typeof body === 'string' ? 'string' : 'base64',
      });
      if ((answer as { readonly routed: boolean }).routed !== true) throw new Error('no queue is bound for it');
    },
    async limit(queue, definition) {
      const pattern = `^${queue.replaceAll('.', '\\.')}$`;
      await management.request('PUT', at('policies', 'limit'), { pattern, definition, 'apply-to': 'queues' });
      return async () => void (await management.request('DELETE', at('policies', 'limit')));
    },
  };
}
