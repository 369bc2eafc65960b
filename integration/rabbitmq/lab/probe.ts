import type { Probe } from '@payments/events-contract-tests';
import { countConnections } from './connections.ts';
import type { Management } from './management.ts';
import { countMessages, peekMessages } from './queues.ts';
import type { Tenant } from './tenant.ts';

export interface ProbeOptions {
  readonly management: Management;
  readonly tenant: Tenant;
  readonly queuePrefix: string;
  readonly connectionAttempts: () => readonly number[];
}

/** The queues beside the first in which a group's unsettled events lie. Marks and locks are none. */
const waitingQueue = /^\.(?:crash-suspects|retry-\d+ms)$/;

/** Reads the virtual host of one lab, past adapter and network. */
export function rabbitmqProbe({ management, tenant, queuePrefix, connectionAttempts }: ProbeOptions): Probe {
  const { vhost, username } = tenant;
  return {
    async stored(group) {
      const work = `${queuePrefix}${group}`;
      let unsettled = 0;
      let dead = 0;
      for (const { name, total } of await countMessages(management, vhost)) {
        if (name === `${work}.dead-letters`) dead += total;
        else if (name === work || (name.startsWith(work) && waitingQueue.test(name.slice(work.length))))
          unsettled += total;
      }
      return { unsettled, dead };
    },
    async dead(group) {
      const letters = await peekMessages(management, vhost, `${queuePrefix}${group}.dead-letters`);
      return letters.map(({ id }) => id);
    },
    async holds(messageId, type) {
      const messages = await peekMessages(management, vhost);
      return messages.some((message) => message.id === messageId && message.type === type);
    },
    connections: () => countConnections(management, vhost, username),
    connectionAttempts: () => Promise.resolve(connectionAttempts()),
  };
}
