import { randomBytes } from 'node:crypto';
import type { LabServer } from './lab-server.ts';

/** What a user may do, as regular expressions over names of queues and exchanges. */
export interface Permissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export const everything: Permissions = { configure: '.*', write: '.*', read: '.*' };

/** A virtual host with two users: the lab's clients, and somebody else's. */
export interface Tenant {
  readonly vhost: string;
  readonly username: string;
  readonly password: string;
  readonly foreign: { readonly username: string; readonly password: string };
  setPassword(password: string): Promise<void>;
  /** Of the lab's clients. @default everything */
  setPermissions(permissions: Permissions): Promise<void>;
  remove(): Promise<void>;
}

/** With characters that a URL must encode. */
const newPassword = () => `pw/${randomBytes(9).toString('hex')}:@x`;

export async function openTenant({ management, own }: LabServer, name: string): Promise<Tenant> {
  const username = `${name}-app`;
  const password = newPassword();
  const foreign = { username: `${name}-foreign`, password: newPassword() };
  const putUser = (user: string, secret: string) =>
    management.request('PUT', `/users/${user}`, { password: secret, tags: '' });
  const permit = (user: string, what: Permissions) => management.request('PUT', `/permissions/${name}/${user}`, what);

  await Promise.all([
    management.request('PUT', `/vhosts/${name}`, {}),
    putUser(username, password),
    putUser(foreign.username, foreign.password),
  ]);
  await Promise.all([permit(username, everything), permit(foreign.username, everything)]);

  return {
    vhost: name,
    username,
    password,
    foreign,
    async setPassword(secret) {
      await putUser(username, secret);
    },
    async setPermissions(what) {
      await permit(username, what);
    },
    async remove() {
      // A broker that was killed takes up to five seconds to delete a queue; one of our own goes as a whole, and soon.
      if (own) return;
      await management.request('DELETE', `/vhosts/${name}`);
      await management.request('DELETE', `/users/${username}`);
      await management.request('DELETE', `/users/${foreign.username}`);
    },
  };
}
