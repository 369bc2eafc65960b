import type { BrokerFaults } from '@payments/events-contract-tests';
import { randomBytes } from 'node:crypto';
import { setTimeout as pass } from 'node:timers/promises';
import { containerFaults, type ContainerFaults } from '../../brokers/lab-container.ts';
import type { Clients } from '../../faults/clients.ts';
import type { LabServer } from './lab-server.ts';
import { openRefusals } from './refusals.ts';
import type { Tenant } from './tenant.ts';
import { deleteTopics, listTopics } from './topics.ts';
import { forbidWriting, permitWriting } from './users.ts';

const deletedWithinMs = 10_000;

export interface FaultsOptions {
  readonly server: LabServer;
  readonly tenant: Tenant;
  readonly clients: Clients;
  /** Whether a group is to read a topic of events. */
  readonly reads: (group: string, topic: string) => boolean;
}

export interface HealedFaults extends BrokerFaults, ContainerFaults {}

/** The fault kit on a Kafka in a container, a user of its own in it, and a TCP proxy for each client. */
export function kafkaFaults({ server, tenant, clients, reads }: FaultsOptions): HealedFaults {
  const { doors, topicPrefix, username, password } = tenant;
  const refusals = openRefusals(tenant);
  const container = containerFaults(server);
  const killConnections = () => clients.faults.link().reset();

  return {
    ...container,
    ...clients.faults,
    async heal() {
      await container.heal();
      await refusals.relieve();
    },
    // Kafka has no command that closes connections.
    killConnections,
    refusals: refusals.all,
    async withholdDeadLetters(group) {
      const dead = [`${topicPrefix}${group}.dead-letters`];
      await forbidWriting(doors.admin, username, dead);
      return () => permitWriting(doors.admin, username, dead);
    },
    async deleteTopology(group) {
      const wanted = async () =>
        [...(await listTopics(doors.admin, topicPrefix)).keys()].filter((topic) => reads(group, topic));
      await deleteTopics(doors.admin, await wanted());
      // The answer is the controller's: the broker goes on taking events for a deleted topic until it has heard of it.
      for (const deadline = Date.now() + deletedWithinMs; (await wanted()).length > 0; await pass(20))
        if (Date.now() > deadline) throw new Error(`Kafka still has topics of ${group} that were deleted.`);
    },
    async revokeCredentials() {
      await tenant.setPassword(`revoked-${randomBytes(9).toString('hex')}`);
      await killConnections();
      return () => tenant.setPassword(password);
    },
  };
}
