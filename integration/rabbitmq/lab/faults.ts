import type { BrokerFaults } from '@payments/events-contract-tests';
import { randomBytes } from 'node:crypto';
import { containerFaults, type ContainerFaults } from '../../brokers/lab-container.ts';
import type { Clients } from '../../faults/clients.ts';
import { closeConnections } from './connections.ts';
import { binary } from './erlang-page.ts';
import { names } from './lab-names.ts';
import type { LabServer } from './lab-server.ts';
import { openRefusals } from './refusals.ts';
import type { Tenant } from './tenant.ts';

export interface HealedFaults extends BrokerFaults, ContainerFaults {}

/** The fault kit on a RabbitMQ in a container, a virtual host of its own in it, and a TCP proxy for each client. */
export function rabbitmqFaults(server: LabServer, tenant: Tenant, clients: Clients): HealedFaults {
  const { management } = server;
  const refusals = openRefusals(server, tenant);
  const container = containerFaults(server);
  const { vhost, username, password } = tenant;

  /** Quorum queues refuse whatever would make them longer than this. Takes effect before it returns. */
  async function limitQueue(queue: string, length: string): Promise<void> {
    await management.evaluate(`
      {ok, Queue} = rabbit_amqqueue:lookup(rabbit_misc:r(${binary(vhost)}, queue, ${binary(queue)})),
      {ok, {_, State}, _} = ra:leader_query(amqqueue:get_pid(Queue), fun(S) -> S end),
      Config = element(2, State),
      Command = rabbit_fifo:make_update_config(#{
        name => element(2, Config), queue_resource => element(3, Config), dead_letter_handler => element(5, Config),
        become_leader_handler => element(6, Config), overflow_strategy => reject_publish, max_length => ${length},
        single_active_consumer_on => element(10, Config) =:= single_active, delivery_limit => element(11, Config)}),
      {ok, _, _} = ra:process_command(amqqueue:get_pid(Queue), Command), true.`);
  }

  return {
    ...container,
    ...clients.faults,
    async kill() {
      // RabbitMQ 4.0 writes down with a delay which queues it has: what was declared in the last seconds before a SIGKILL has
      // no leader afterwards, with all that is in it. No client can mend that, so no clause is about it.
      if (server.own) await management.evaluate('[dets:sync(Table) || Table <- dets:all()], true.');
      await container.kill();
    },
    async heal() {
      await container.heal();
      await refusals.relieve();
    },
    killConnections: () => closeConnections(management, vhost, username),
    refusals: refusals.all,
    async withholdDeadLetters(group) {
      const dead = `${names.queuePrefix}${group}.dead-letters`;
      // A policy of 0 would let the first letter pass.
      await limitQueue(dead, '-1');
      return () => limitQueue(dead, 'undefined');
    },
    async deleteTopology(group) {
      const work = `${names.queuePrefix}${group}`;
      for (const exchange of [names.exchange, `${names.exchange}.group-bindings`])
        await management.request('DELETE', `/exchanges/${vhost}/${exchange}`);
      const queues = (await management.request(
        'GET',
        `/queues/${vhost}?disable_stats=true&enable_queue_totals=false`,
      )) as {
        readonly name: string;
      }[];
      for (const { name } of queues.filter((queue) => queue.name === work || queue.name.startsWith(`${work}.`)))
        await management.request('DELETE', `/queues/${vhost}/${encodeURIComponent(name)}`);
    },
    async revokeCredentials() {
      await tenant.setPassword(`revoked-${randomBytes(9).toString('hex')}`);
      await closeConnections(management, vhost, username);
      return () => tenant.setPassword(password);
    },
  };
}
