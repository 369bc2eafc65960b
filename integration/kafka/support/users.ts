/** Users of a broker that forbids what it does not allow, each with a password that must never be shown. */
import { randomBytes } from 'node:crypto';
import kafkajs, { type AclEntry } from 'kafkajs';
import { kafkaLoginPort } from '../../brokers/kinds.ts';
import type { OwnKafkaServer } from '../../brokers/kafka-server.ts';
import { putUser } from '../lab/users.ts';
import type { Namespace } from './namespace.ts';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

type Operation = keyof typeof AclOperationTypes;

/** By the beginnings of the names of topics and groups. */
export interface Permissions {
  readonly topics?: Readonly<Record<string, readonly Operation[]>>;
  readonly groups?: Readonly<Record<string, readonly Operation[]>>;
}

export interface User {
  readonly password: string;
  /** The `messaging` section of that user. */
  readonly messaging: Namespace['messaging'] & {
    readonly username: string;
    readonly password: string;
    readonly sasl_mechanism: 'scram-sha-256';
  };
  permit(permissions: Permissions): Promise<void>;
  /** Takes everything back. */
  forbid(): Promise<void>;
}

export async function createUser(
  { container, host, port }: OwnKafkaServer,
  { admin, messaging }: Namespace,
  permissions: Permissions = {},
): Promise<User> {
  const username = `user-${randomBytes(4).toString('hex')}`;
  const password = `secret-${randomBytes(8).toString('hex')}`;
  const login = { host, port: container.hostPort(kafkaLoginPort) };
  await putUser({ admin: { host, port }, login }, username, password);
  const principal = `User:${username}`;

  async function permit({ topics = {}, groups = {} }: Permissions): Promise<void> {
    const acl = [
      ...entriesOf(principal, AclResourceTypes.TOPIC, topics),
      ...entriesOf(principal, AclResourceTypes.GROUP, groups),
    ];
    if (acl.length > 0) await admin.createAcls({ acl });
  }

  await permit(permissions);
  return {
    password,
    messaging: {
      ...messaging,
      url: `kafka://${login.host}:${login.port}`,
      username,
      password,
      sasl_mechanism: 'scram-sha-256',
    },
    permit,
    async forbid() {
      const any = { operation: AclOperationTypes.ANY, permissionType: AclPermissionTypes.ANY };
      const everywhere = { resourceType: AclResourceTypes.ANY, resourcePatternType: ResourcePatternTypes.ANY };
      await admin.deleteAcls({ filters: [{ principal, ...any, ...everywhere }] });
    },
  };
}

function entriesOf(
  principal: string,
  resourceType: AclEntry['resourceType'],
  permissions: Readonly<Record<string, readonly Operation[]>>,
): AclEntry[] {
  return Object.entries(permissions).flatMap(([resourceName, operations]) =>
    operations.map((operation) => ({
      principal,
      host: '*',
      operation: AclOperationTypes[operation],
      permissionType: AclPermissionTypes.ALLOW,
      resourceType,
      resourceName,
      resourcePatternType: ResourcePatternTypes.PREFIXED,
    })),
  );
}
