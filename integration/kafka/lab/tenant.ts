import { randomBytes } from 'node:crypto';
import { deleteGroups, listGroups } from './groups.ts';
import type { LabServer } from './lab-server.ts';
import { deleteTopics, listTopics } from './topics.ts';
import { putUser, type Doors } from './users.ts';

/** Where one lab takes place: what its topics and groups begin with, and the user its clients are. */
export interface Tenant {
  readonly doors: Doors;
  readonly topicPrefix: string;
  readonly username: string;
  readonly password: string;
  /** Of its user. Who is in stays in. */
  setPassword(password: string): Promise<void>;
  remove(): Promise<void>;
}

/**
 * @param name begins the names of topics, and is the user's
 * @param namespace begins the names of groups
 */
export async function openTenant({ doors }: LabServer, name: string, namespace = name): Promise<Tenant> {
  const topicPrefix = `${name}.`;
  const username = `${name}-app`;
  // With characters that a URL must encode.
  const password = `pw/${randomBytes(9).toString('hex')}:@x`;
  await putUser(doors, username, password);

  return {
    doors,
    topicPrefix,
    username,
    password,
    setPassword: (secret) => putUser(doors, username, secret),
    async remove() {
      const { admin } = doors;
      // Each that is left makes the broker slower.
      const [topics, groups] = await Promise.all([listTopics(admin, topicPrefix), listGroups(admin, namespace)]);
      await deleteTopics(admin, [...topics.keys()]);
      await deleteGroups(admin, groups);
    },
  };
}
