import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { rabbitmqServer } from '../../brokers/rabbitmq-server.ts';
import { closeConnections } from './connections.ts';
import { labServer, type LabServer } from './lab-server.ts';
import { openPlainLab, type PlainLab } from './plain-lab.ts';
import { rabbitmqProbe } from './probe.ts';
import { peekMessages } from './queues.ts';

let server: LabServer;
let lab: PlainLab;

beforeAll(async () => {
  server = labServer(await rabbitmqServer(), { own: false });
});
beforeEach(async () => {
  lab = await openPlainLab(server);
});
afterEach(() => lab.close());

const within = { timeout: 5_000, interval: 10 };
const probe = () =>
  rabbitmqProbe({
    management: server.management,
    tenant: lab.tenant,
    queuePrefix: 'payment_',
    connectionAttempts: () => lab.clients.attempts(),
  });

/** Queues of a group as the adapter names them, each with some messages whose ids tell the queue and the place. */
async function filled(queues: Readonly<Record<string, number>>) {
  const client = await lab.client();
  const channel = await client.connection.createConfirmChannel();
  for (const [queue, count] of Object.entries(queues)) {
    await channel.assertQueue(queue, { arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 } });
    for (let n = 0; n < count; n += 1)
      channel.sendToQueue(queue, Buffer.from('{}'), { messageId: `${queue}-${n}`, type: 'a.b.c', persistent: true });
  }
  await channel.waitForConfirms();
  return { ...client, channel };
}

test('counts what waits, is held and is to be retried, in this group alone', async () => {
  const { channel } = await filled({
    payment_one: 5,
    'payment_one.crash-suspects': 1,
    'payment_one.retry-200ms': 2,
    'payment_one.crash-marks': 4,
    'payment_one.dead-letters': 3,
    'payment_one-2': 7,
    'payment_.unrouted': 1,
  });
  expect(await probe().stored('one')).toEqual({ unsettled: 8, dead: 3 });
  await channel.prefetch(3);
  await channel.consume('payment_one', () => {});
  await channel.get('payment_one.dead-letters');
  expect(await probe().stored('one')).toEqual({ unsettled: 8, dead: 3 });
  expect(await probe().stored('none')).toEqual({ unsettled: 0, dead: 0 });
});

test('a count is true the moment a publish is confirmed', async () => {
  const { channel } = await filled({ payment_one: 0 });
  for (let n = 1; n <= 20; n += 1) {
    channel.sendToQueue('payment_one', Buffer.from('{}'), { persistent: true });
    await channel.waitForConfirms();
    expect((await probe().stored('one')).unsettled).toBe(n);
  }
});

test('reads dead letters in order and changes nothing, however often', async () => {
  const { channel } = await filled({ 'payment_one.dead-letters': 30 });
  const ids = Array.from({ length: 30 }, (_, n) => `payment_one.dead-letters-${n}`);
  for (let look = 0; look < 20; look += 1) expect(await probe().dead('one')).toEqual(ids);
  const first = await channel.get('payment_one.dead-letters', { noAck: true });
  if (first === false) throw new Error('there is a letter');
  expect([first.properties.messageId, first.fields.redelivered, first.properties.headers]).toEqual([ids[0], false, {}]);
  expect(await probe().dead('one')).toEqual(ids.slice(1));
  expect(await probe().dead('none')).toEqual([]);
});

test('finds an event wherever it lies, by its id and its type', async () => {
  await filled({ payment_one: 1, 'payment_.unrouted': 1 });
  expect(await probe().holds('payment_one-0', 'a.b.c')).toBe(true);
  expect(await probe().holds('payment_.unrouted-0', 'a.b.c')).toBe(true);
  expect(await probe().holds('payment_one-0', 'a.b.d')).toBe(false);
  expect(await probe().holds('payment_one-1', 'a.b.c')).toBe(false);
});

test('peeks only into the virtual host it is asked about', async () => {
  await filled({ payment_one: 1 });
  expect(await peekMessages(server.management, lab.tenant.vhost)).toHaveLength(1);
  expect(await peekMessages(server.management, '/')).toEqual([]);
});

test('counts the connections of the lab’s own clients, and closes them alone', async () => {
  const other = await openPlainLab(server);
  const stranger = await lab.client(lab.tenant.foreign);
  const neighbour = await other.client();
  const clients = [await lab.client(), await lab.client()];
  await vi.waitFor(async () => expect(await probe().connections?.()).toBe(2), within);
  await closeConnections(server.management, lab.tenant.vhost, lab.tenant.username);
  for (const { lost } of clients) expect(String(await lost)).toContain('closed by the lab');
  expect(await probe().connections?.()).toBe(0);
  for (const { connection } of [stranger, neighbour]) await (await connection.createChannel()).close();
  await other.close();
});

test('knows when clients tried to connect', async () => {
  const before = Date.now();
  const { network } = await lab.client();
  await network.proxy.refuse();
  await lab.client(lab.tenant.foreign);
  const attempts = probe().connectionAttempts;
  if (typeof attempts !== 'function') throw new Error('it knows');
  const times = await attempts();
  expect(times).toHaveLength(2);
  expect(times[0]).toBeGreaterThanOrEqual(before);
  expect(times[1]).toBeGreaterThanOrEqual(times[0]!);
});
