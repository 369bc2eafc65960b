import type { Refusal } from '@payments/events-contract-tests';
import { relievable, type Refusals } from '../../faults/relievable.ts';
import { closeConnections } from './connections.ts';
import type { LabServer } from './lab-server.ts';
import { names } from './lab-names.ts';
import { countMessages } from './queues.ts';
import { everything, type Tenant } from './tenant.ts';

/** The ways in which RabbitMQ refuses what is published. */
export function openRefusals(server: LabServer, tenant: Tenant): Refusals {
  const local = [queueLimit(server, tenant), missingPermission(server, tenant)];
  // These two are settings of the whole broker.
  return relievable(server.own ? [...local, sizeLimit(server, tenant), memoryAlarm(server)] : local);
}

/** A policy says that the group's queue is one longer than it may be, so that it refuses at once; an empty one lets one pass. */
function queueLimit({ management }: LabServer, { vhost }: Tenant): Refusal {
  const path = `/policies/${vhost}/full`;
  return {
    name: 'queue limit',
    outcome: 'full',
    async impose(group) {
      const work = `${names.queuePrefix}${group}`;
      const queue = (await countMessages(management, vhost)).find(({ name }) => name === work);
      await management.request('PUT', path, {
        pattern: `^${work}$`,
        definition: { 'max-length': Math.max(0, (queue?.total ?? 0) - 1), overflow: 'reject-publish' },
        priority: 10,
        'apply-to': 'queues',
      });
    },
    relieve: async () => void (await management.request('DELETE', path)),
  };
}

/**
 * Everything but writing to the exchange stays allowed. RabbitMQ asks for a permission once per channel: an operator who
 * takes one away closes the connections, else nothing changes for those who are there.
 */
function missingPermission({ management }: LabServer, tenant: Tenant): Refusal {
  const { vhost, username } = tenant;
  return {
    name: 'missing permission',
    outcome: 'forbidden',
    async impose() {
      await tenant.setPermissions({ ...everything, write: `^(?!${names.exchange}$).*` });
      await closeConnections(management, vhost, username);
    },
    relieve: () => tenant.setPermissions(everything),
  };
}

/** Read when a channel is opened: the connections are closed for it to count. */
function sizeLimit({ management }: LabServer, { vhost, username }: Tenant): Refusal {
  const set = (limit: string) => management.evaluate(`persistent_term:put(max_message_size, ${limit}), true.`);
  return {
    name: 'size limit',
    outcome: 'too-large',
    async impose() {
      await set('16');
      await closeConnections(management, vhost, username);
    },
    async relieve() {
      await set('16777216');
      await closeConnections(management, vhost, username);
    },
  };
}

/** What the broker does when it uses more memory than it may: it stops to read from whoever publishes. */
function memoryAlarm({ management }: LabServer): Refusal {
  const watermark = (limit: string, alarmed: boolean) =>
    management.evaluate(`
      vm_memory_monitor:set_vm_memory_high_watermark(${limit}),
      Until = fun(_, 0) -> false;
                 (Again, Left) -> case (rabbit_alarm:get_alarms() =/= []) =:= ${alarmed} of
                     true -> true;
                     false -> timer:sleep(10), Again(Again, Left - 1)
                 end
              end,
      true = Until(Until, 400).`);
  return {
    name: 'memory alarm',
    outcome: 'unknown',
    impose: async () => void (await watermark('{absolute, 1000000}', true)),
    relieve: async () => void (await watermark('0.6', false)),
  };
}
