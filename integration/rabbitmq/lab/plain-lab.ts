import type { BrokerAdapter } from '@payments/events-core';
import { connect, type ChannelModel } from 'amqplib';
import { randomUUID } from 'node:crypto';
import type { LabServer } from './lab-server.ts';
import { openClients, type ClientNetwork, type Clients } from '../../faults/clients.ts';
import { acknowledgementSieve } from './acknowledgement-sieve.ts';
import { openTenant, type Tenant } from './tenant.ts';

/** A lab without an adapter, for tests of the kit itself: clients are plain amqplib, each through a network of its own. */
export interface PlainLab {
  readonly tenant: Tenant;
  readonly clients: Clients;
  /** @param login of another user than the lab's */
  client(login?: { readonly username: string; readonly password: string }): Promise<PlainClient>;
  close(): Promise<void>;
}

interface PlainClient {
  readonly connection: ChannelModel;
  /** What the fault kit knows it by. */
  readonly adapter: BrokerAdapter;
  readonly network: ClientNetwork;
  /** The error the connection ended with. */
  readonly lost: Promise<unknown>;
}

export async function openPlainLab(server: LabServer): Promise<PlainLab> {
  const tenant = await openTenant(server, `kit-${randomUUID()}`);
  const clients = await openClients(server, acknowledgementSieve);
  const connections: ChannelModel[] = [];

  return {
    tenant,
    clients,
    async client({ username, password } = tenant) {
      let port = 0;
      const adapter = clients.make((at) => {
        port = at;
        return {} as BrokerAdapter;
      });
      const { vhost } = tenant;
      const connection = await connect({ hostname: '127.0.0.1', port, vhost, username, password, heartbeat: 2 });
      connections.push(connection);
      const lost = new Promise((resolve) => {
        connection.on('error', resolve);
        connection.on('close', resolve);
      });
      return { connection, adapter, network: clients.networkOf(adapter), lost };
    },
    async close() {
      await Promise.allSettled(connections.map((connection) => connection.close()));
      await clients.close();
      await tenant.remove();
    },
  };
}
