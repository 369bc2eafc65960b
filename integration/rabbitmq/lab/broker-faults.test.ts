/** Faults of the whole broker, on one that nobody else uses. */
import type { BrokerFaults } from '@payments/events-contract-tests';
import { connect as connectTls } from 'node:tls';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { rabbitmqTlsPort } from '../../brokers/kinds.ts';
import { ownRabbitmqServer } from '../../brokers/rabbitmq-server.ts';
import { listenWithTls } from './certificates.ts';
import { rabbitmqFaults } from './faults.ts';
import { labServer, type LabServer } from './lab-server.ts';
import { openPlainLab, type PlainLab } from './plain-lab.ts';
import { countMessages } from './queues.ts';

let server: LabServer;
let lab: PlainLab;
let faults: BrokerFaults;

beforeAll(async () => {
  server = labServer(await ownRabbitmqServer({ ports: [rabbitmqTlsPort] }), { own: true });
});
beforeEach(async () => {
  lab = await openPlainLab(server);
  faults = rabbitmqFaults(server, lab.tenant, lab.clients);
});
afterEach(() => lab.close());
afterAll(() => server.container().remove());

const refusal = (name: string) => faults.refusals.find((one) => one.name === name)!;

async function publishing() {
  const { connection, lost } = await lab.client();
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  await channel.assertQueue('queue', { arguments: { 'x-queue-type': 'quorum' } });
  const publish = (bytes = 100) =>
    new Promise<string>((resolve) => {
      channel.publish('', 'queue', Buffer.alloc(bytes), { persistent: true }, (error: unknown) =>
        resolve(error === null || error === undefined ? 'stored' : String(error)),
      );
    });
  return { connection, lost, publish };
}

const stored = async () => (await countMessages(server.management, lab.tenant.vhost))[0]?.total;

test('a memory alarm leaves publishers without an answer until it is relieved', async () => {
  const { connection, publish } = await publishing();
  expect(await publish()).toBe('stored');
  const blocked = new Promise((resolve) => connection.once('blocked', resolve));
  await refusal('memory alarm').impose('any');
  const waiting = publish();
  await blocked;
  expect(await stored()).toBe(1);
  await refusal('memory alarm').relieve();
  expect(await waiting).toBe('stored');
});

test('a size limit refuses what is larger, once clients have come back', async () => {
  const before = await publishing();
  await refusal('size limit').impose('any');
  await before.lost;
  const small = await publishing();
  expect(await small.publish(10)).toBe('stored');
  expect(await small.publish(100)).toContain('channel closed');
  await refusal('size limit').relieve();
  const after = await publishing();
  expect(await after.publish(100)).toBe('stored');
});

test(
  'the broker is stopped, killed and started again with its data and at its address',
  { timeout: 120_000 },
  async () => {
    for (const end of ['stop', 'kill'] as const) {
      const { publish, lost } = await publishing();
      expect(await publish()).toBe('stored');
      await faults[end]();
      await lost;
      await expect(lab.client()).rejects.toThrow();
      await faults.start();
      await lab.client();
    }
    expect(await stored()).toBe(2);
  },
);

test('a paused broker keeps its connections, says nothing, and goes on', async () => {
  const { publish, lost } = await publishing();
  await faults.pause();
  const waiting = publish();
  const first = await Promise.race([waiting, lost, new Promise((resolve) => setTimeout(resolve, 1_000, 'nothing'))]);
  expect(first).toBe('nothing');
  await faults.unpause();
  expect(await waiting).toBe('stored');
});

test('the broker listens with a certificate that one authority signed, and the other did not', async () => {
  const authorities = await listenWithTls(server.management);
  const port = server.container().hostPort(rabbitmqTlsPort);
  const speaksTo = async (file: string) => {
    const socket = connectTls({ host: 'localhost', servername: 'localhost', port, ca: await readFile(file) });
    return new Promise<string>((resolve) => {
      socket.once('secureConnect', () => resolve('secure'));
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    }).finally(() => socket.destroy());
  };
  expect(await speaksTo(authorities.trusted)).toBe('secure');
  expect(await speaksTo(authorities.untrusted)).not.toBe('secure');
  await authorities.remove();
});
