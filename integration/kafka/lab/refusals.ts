import type { Refusal } from '@payments/events-contract-tests';
import { relievable, type Refusals } from '../../faults/relievable.ts';
import type { Tenant } from './tenant.ts';
import { configureTopics, listTopics } from './topics.ts';
import { forbidWriting, permitWriting } from './users.ts';

/** The ways in which Kafka refuses what is published. */
export function openRefusals(tenant: Tenant): Refusals {
  return relievable([sizeLimit(tenant), missingPermission(tenant)]);
}

/** Topics of events: nothing that a group has of its own. */
async function topicsOfEvents({ doors, topicPrefix }: Tenant): Promise<readonly string[]> {
  const topics = await listTopics(doors.admin, topicPrefix);
  return [...topics.keys()].filter((topic) => !topic.slice(topicPrefix.length).includes('.'));
}

/** Smaller than any batch is without its records. */
function sizeLimit(tenant: Tenant): Refusal {
  const set = async (value: string | null) =>
    configureTopics(tenant.doors.admin, await topicsOfEvents(tenant), { name: 'max.message.bytes', value });
  return { name: 'size limit', outcome: 'too-large', impose: () => set('16'), relieve: () => set(null) };
}

/** Everything but writing to topics of events stays allowed. Kafka asks for a permission at each request. */
function missingPermission(tenant: Tenant): Refusal {
  const { doors, username } = tenant;
  return {
    name: 'missing permission',
    outcome: 'forbidden',
    impose: async () => forbidWriting(doors.admin, username, await topicsOfEvents(tenant)),
    relieve: async () => permitWriting(doors.admin, username, await topicsOfEvents(tenant)),
  };
}
