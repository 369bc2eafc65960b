import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab, LabRequest, TlsClient } from '@payments/events-contract-tests';
import { systemTime } from '@payments/events-contract-tests';
import { kafka, type KafkaOptions } from '@payments/events-kafka';
import { openClients, type Clients } from '../../faults/clients.ts';
import { clientWarning } from '../support/client-warning.ts';
import { makeIdentity } from './certificates.ts';
import { kafkaFaults } from './faults.ts';
import { sendForeign } from './foreign.ts';
import type { LabServer } from './lab-server.ts';
import { kafkaProbe } from './probe.ts';
import { produceSieve } from './produce-sieve.ts';
import { openReading, topicNames } from './reading.ts';
import { shortLeases } from './short-leases.ts';
import { openTenant } from './tenant.ts';

/** Each of some fifty crashes in one clause costs a session. Brokers refuse less than 6 s, but for those that are set up for it. */
const crashLoopSessionMs = 2_000;

/** Where a group of five shares them: one for each, and one more. */
const sharedPartitions = 6;

/** A prefix of its own, its user, and a network for each client. Costs some hundred milliseconds. */
export async function openLab(server: LabServer, { clause, namespace }: LabRequest): Promise<Lab> {
  const { doors } = server;
  const tenant = await openTenant(server, `${clause.toLowerCase()}-${namespace}`, namespace);
  const { topicPrefix, username, password } = tenant;
  const clients = await openClients(doors.login, produceSieve);
  const reading = openReading();
  const faults = kafkaFaults({ server, tenant, clients, reads: reading.reads });
  const tls = clause === 'Z2' ? await openTls() : undefined;

  function client(network: Clients, strategy: keyof typeof topicNames, options: Partial<KafkaOptions> = {}) {
    return network.make((port) =>
      reading.of(
        kafka({
          url: `kafka://127.0.0.1:${port}`,
          username,
          password,
          saslMechanism: 'scram-sha-256',
          topicPrefix,
          topicStrategy: strategy,
          ...shortLeases,
          ...(clause === 'R5' ? { sessionTimeoutMs: crashLoopSessionMs } : {}),
          ...(clause === 'G1' ? { partitions: sharedPartitions } : {}),
          // The broker says where it is published. This client reaches it by its own network.
          addressOf: () => ({ host: '127.0.0.1', port }),
          ...options,
        }),
        (type) => `${topicPrefix}${topicNames[strategy](type)}`,
      ),
    );
  }

  async function openTls() {
    const { secure } = server;
    if (secure === undefined)
      throw new Error('this broker speaks no TLS: the clause belongs to a file whose broker is its own');
    const overTls = await openClients(secure, produceSieve);
    const folder = await mkdtemp(join(tmpdir(), 'events-authorities-'));
    const authorities = { trusted: secure.certificate, untrusted: makeIdentity('somebody else').certificate };
    for (const [name, certificate] of Object.entries(authorities))
      await writeFile(join(folder, `${name}.pem`), certificate);

    function tlsClient(broker: 'trusted' | 'untrusted' | 'without-tls'): TlsClient {
      const network = broker === 'without-tls' ? clients : overTls;
      const caFile = join(folder, `${broker === 'untrusted' ? 'untrusted' : 'trusted'}.pem`);
      const adapter = client(network, 'entity', { tls: { caFile, serverName: 'localhost' } });
      return { adapter, firstBytes: async () => network.networkOf(adapter).proxy.firstBytes };
    }
    async function close(): Promise<void> {
      await overTls.close();
      await rm(folder, { recursive: true });
    }
    return { tlsClient, close };
  }

  return {
    adapter: () => client(clients, 'entity'),
    time: systemTime(),
    probe: kafkaProbe({
      admin: doors.admin,
      topicPrefix,
      reads: reading.reads,
      connections: () => clients.open(),
      connectionAttempts: () => clients.attempts(),
    }),
    faults,
    sendForeign: (message) =>
      sendForeign(doors.admin, { topic: `${topicPrefix}${topicNames.entity(message.type)}`, message }),
    secrets: [password],
    program: {
      module: import.meta.resolve('./short-leases.ts'),
      messaging: {
        broker_type: 'kafka',
        url: `kafka://${doors.login.host}:${doors.login.port}`,
        username,
        password,
        sasl_mechanism: 'scram-sha-256',
        topic_prefix: topicPrefix,
      },
      clientNoise: clientWarning,
    },
    adapterSplitByType: () => client(clients, 'type'),
    tlsClient: tls?.tlsClient ?? { notClaimed: 'the broker listens with TLS only where the clause is about that' },
    async close() {
      await faults.heal();
      await clients.close();
      await tls?.close();
      await tenant.remove();
    },
  };
}
