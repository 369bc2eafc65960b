/** Faults of the whole broker, on one that nobody else uses. */
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { makeIdentity } from './certificates.ts';
import { kafkaFaults, type HealedFaults } from './faults.ts';
import { ownLabServer, type LabServer } from './lab-server.ts';
import { openPlainLab, type PlainLab } from './plain-lab.ts';
import { kafkaProbe } from './probe.ts';

let server: LabServer;
let lab: PlainLab;
let faults: HealedFaults;

beforeAll(async () => {
  server = await ownLabServer();
});
beforeEach(async () => {
  lab = await openPlainLab(server);
  faults = kafkaFaults({ server, tenant: lab.tenant, clients: lab.clients, reads: () => true });
  await lab.create({ orders: 1 });
});
afterEach(() => lab.close());
afterAll(() => server.container().remove());

const within = { timeout: 10_000, interval: 100 };
const stored = async () => {
  const { topicPrefix } = lab.tenant;
  const options = { topicPrefix, reads: () => true, connections: () => 0, connectionAttempts: () => [] };
  return (await kafkaProbe({ admin: server.doors.admin, ...options }).stored('one')).unsettled;
};
const sent = async () => (await lab.client()).send('orders', 'one');

test(
  'the broker is stopped, killed and started again with its data, its users and at its address',
  { timeout: 120_000 },
  async () => {
    for (const end of ['stop', 'kill'] as const) {
      const { send } = await lab.client();
      expect(await send('orders', 'a')).toBe('stored');
      await faults[end]();
      expect(await send('orders', 'b')).not.toBe('stored');
      await expect(lab.client()).rejects.toThrow();
      await faults.start();
      await vi.waitFor(async () => expect(await sent()).toBe('stored'), within);
    }
    expect(await stored()).toBe(4);
  },
);

test('a paused broker keeps its connections, says nothing, and goes on', async () => {
  const { send, network } = await lab.client();
  expect(await send('orders', 'a')).toBe('stored');
  const { open } = network.proxy;
  await faults.pause();
  const waiting = send('orders', 'b');
  const first = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 1_000, 'nothing'))]);
  expect([first, network.proxy.open]).toEqual(['nothing', open]);
  await faults.unpause();
  expect(await waiting).toBe('stored');
});

test('what a clause that failed has left broken is healed', async () => {
  await faults.pause();
  await faults.heal();
  expect(await sent()).toBe('stored');
  await faults.stop();
  await faults.heal();
  await vi.waitFor(async () => expect(await sent()).toBe('stored'), within);
});

test('the broker speaks TLS with a certificate that one authority signed, and the other did not', async () => {
  const { secure } = server;
  if (secure === undefined) throw new Error('it does');
  const speaksTo = async (ca: string) => {
    const socket = connectTls({ host: 'localhost', servername: 'localhost', port: secure.port, ca });
    return new Promise<string>((resolve) => {
      socket.once('secureConnect', () => resolve('secure'));
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    }).finally(() => socket.destroy());
  };
  expect(await speaksTo(secure.certificate)).toBe('secure');
  expect(await speaksTo(makeIdentity('somebody else').certificate)).not.toBe('secure');
});
