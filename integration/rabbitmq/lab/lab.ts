import type { ClauseId, Lab, LabRequest, TlsClient } from '@payments/events-contract-tests';
import { systemTime } from '@payments/events-contract-tests';
import { rabbitmq, type RabbitmqOptions } from '@payments/events-rabbitmq';
import { rabbitmqTlsPort } from '../../brokers/kinds.ts';
import { openClients } from '../../faults/clients.ts';
import { withoutFaults } from '../contract/clause-files.ts';
import { acknowledgementSieve } from './acknowledgement-sieve.ts';
import { listenWithTls } from './certificates.ts';
import { rabbitmqFaults } from './faults.ts';
import { sendForeign } from './foreign.ts';
import { names } from './lab-names.ts';
import type { LabServer } from './lab-server.ts';
import { rabbitmqProbe } from './probe.ts';
import { openTenant } from './tenant.ts';

/** So that a dead client and a dead broker are noticed while a clause waits. */
export const heartbeatS = 2;
/** Where nothing is to die, and dozens of clauses share a process: a stall of four seconds would look like a death. */
const patientHeartbeatS = 10;
const aboutHeartbeats: readonly ClauseId[] = ['A3', 'B3'];

function heartbeatOf(clause: ClauseId): number {
  const patient = withoutFaults.includes(clause) && !aboutHeartbeats.includes(clause);
  return patient ? patientHeartbeatS : heartbeatS;
}

const module = new URL('../../../packages/events-rabbitmq/src/index.ts', import.meta.url).href;

/** A virtual host of its own, its users, and a network for each client. Costs some tens of milliseconds. */
export async function openLab(server: LabServer, { clause, namespace }: LabRequest): Promise<Lab> {
  const { management, host, port } = server;
  const tenant = await openTenant(server, `${clause.toLowerCase()}-${namespace}`);
  const { vhost, username, password } = tenant;
  const clients = await openClients({ host, port }, acknowledgementSieve);
  const faults = rabbitmqFaults(server, tenant, clients);
  const options = { username, password, heartbeatS: heartbeatOf(clause) } satisfies Partial<RabbitmqOptions>;
  const tls = clause === 'Z2' ? await openTls() : undefined;

  async function openTls() {
    const authorities = await listenWithTls(management);
    const port = server.container().hostPort(rabbitmqTlsPort);
    const overTls = await openClients({ host, port }, acknowledgementSieve);

    function client(broker: 'trusted' | 'untrusted' | 'without-tls'): TlsClient {
      const network = broker === 'without-tls' ? clients : overTls;
      const caFile = authorities[broker === 'untrusted' ? 'untrusted' : 'trusted'];
      const adapter = network.make((at) =>
        rabbitmq({ ...options, url: `amqps://localhost:${at}/${vhost}`, tls: { caFile } }),
      );
      return { adapter, firstBytes: async () => network.networkOf(adapter).proxy.firstBytes };
    }
    async function close(): Promise<void> {
      await overTls.close();
      await authorities.remove();
    }
    return { client, close };
  }

  return {
    adapter: () => clients.make((at) => rabbitmq({ ...options, url: `amqp://127.0.0.1:${at}/${vhost}` })),
    time: systemTime(),
    probe: rabbitmqProbe({
      management,
      tenant,
      queuePrefix: names.queuePrefix,
      connectionAttempts: () => clients.attempts(),
    }),
    faults,
    sendForeign: (message) => sendForeign(server, tenant, message),
    secrets: [password],
    program: {
      module,
      messaging: {
        broker_type: 'rabbitmq',
        url: `amqp://${host}:${port}/${vhost}`,
        username,
        password,
        exchange_name: names.exchange,
        queue_prefix: names.queuePrefix,
      },
    },
    adapterSplitByType: {
      notClaimed: 'in RabbitMQ a queue is bound to types, so there are no topics that could be split by type',
    },
    tlsClient: tls?.client ?? { notClaimed: 'the broker listens with TLS only where the clause is about that' },
    async close() {
      await faults.heal();
      await clients.close();
      await tls?.close();
      await tenant.remove();
    },
  };
}
