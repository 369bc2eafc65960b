import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { kafkaServer } from '../../brokers/kafka-server.ts';
import { listGroups } from './groups.ts';
import { sharedLabServer, type LabServer } from './lab-server.ts';
import { openPlainLab, type PlainLab } from './plain-lab.ts';
import { kafkaProbe } from './probe.ts';
import { topicNames } from './reading.ts';

let server: LabServer;
let lab: PlainLab;

beforeAll(async () => {
  server = sharedLabServer(await kafkaServer());
});
beforeEach(async () => {
  lab = await openPlainLab(server);
});
afterEach(() => lab.close());

const within = { timeout: 5_000, interval: 10 };
const probe = (read: readonly string[] = []) => {
  const { topicPrefix } = lab.tenant;
  return kafkaProbe({
    admin: server.doors.admin,
    topicPrefix,
    reads: (_, topic) => read.some((name) => topic === `${topicPrefix}${name}`),
    connections: () => lab.clients.open(),
    connectionAttempts: () => lab.clients.attempts(),
  });
};
/** No group of this lab is that of another. */
const group = (name: string) => `${lab.tenant.username}-${name}`;

/** Topics of one partition, or two for dead letters, each with some messages whose ids tell the topic and the place. */
async function filled(topics: Readonly<Record<string, number>>) {
  await lab.create(
    Object.fromEntries(Object.keys(topics).map((name) => [name, name.endsWith('dead-letters') ? 2 : 1])),
  );
  const client = await lab.client();
  for (const [topic, count] of Object.entries(topics)) {
    for (let n = 0; n < count; n += 1) expect(await client.send(topic, `${topic}-${n}`)).toBe('stored');
  }
  return client;
}

test('counts what is not committed of what a group reads, and what is to be retried, of this group alone', async () => {
  const one = group('one');
  await filled({
    orders: 5,
    others: 7,
    [`${one}.retry-200ms`]: 2,
    [`${one}.retry-now`]: 1,
    [`${one}.dead-letters`]: 3,
    [`${one}-2.retry-200ms`]: 6,
  });
  expect(await probe().stored(one)).toEqual({ unsettled: 3, dead: 3 });
  expect(await probe(['orders']).stored(one)).toEqual({ unsettled: 8, dead: 3 });
  await lab.commit(one, { topic: 'orders', offset: 3 });
  await lab.commit(one, { topic: `${one}.retry-200ms`, offset: 1 });
  await lab.commit(group('two'), { topic: 'others', offset: 1 });
  expect(await probe().stored(one)).toEqual({ unsettled: 4, dead: 3 });
  expect(await probe().stored(group('two'))).toEqual({ unsettled: 6, dead: 0 });
  expect(await probe().stored(group('none'))).toEqual({ unsettled: 0, dead: 0 });
});

test('what a commit says was settled out of order is settled', async () => {
  await filled({ orders: 12 });
  const bits = (...octets: number[]) => Buffer.from(octets).toString('base64');
  const commit = (metadata: string, offset = 2) => lab.commit(group('one'), { topic: 'orders', offset, metadata });
  const unsettled = async () => (await probe().stored(group('one'))).unsettled;
  await commit(JSON.stringify({ v: 1, o: 2, d: bits(0b1000_0010, 0b1) }));
  expect(await unsettled()).toBe(7);
  // What is settled beyond the end, where messages were deleted, is nothing.
  await commit(JSON.stringify({ v: 1, o: 2, d: bits(0, 0b1111_1111) }));
  expect(await unsettled()).toBe(8);
  await commit(JSON.stringify({ v: 1, o: 1, d: bits(0b1000_0010, 0b1) }));
  expect(await unsettled()).toBe(10);
  await commit('somebody else’s note');
  expect(await unsettled()).toBe(10);
  await commit('', 12);
  expect(await unsettled()).toBe(0);
});

test('reads dead letters in order, but those that were removed, and changes nothing, however often', async () => {
  const one = group('one');
  const topic = `${one}.dead-letters`;
  const { send } = await filled({ [topic]: 30 });
  const ids = Array.from({ length: 30 }, (_, n) => `${topic}-${n}`);
  const before = await listGroups(server.doors.admin, '');
  for (let look = 0; look < 5; look += 1) expect(await probe().dead(one)).toEqual(ids);
  for (const offset of ['7', '0']) await send(topic, 'removal', { partition: 1, value: offset });
  expect(await probe().dead(one)).toEqual(ids.filter((_, n) => n !== 7 && n !== 0));
  expect((await probe().stored(one)).dead).toBe(28);
  expect(await probe().dead(group('none'))).toEqual([]);
  expect(await listGroups(server.doors.admin, '')).toEqual(before);
});

test('finds an event wherever it lies, by its id and its type', async () => {
  await filled({ orders: 1, [`${group('one')}.retry-now`]: 1 });
  expect(await probe().holds('orders-0', 'a.b.c')).toBe(true);
  expect(await probe().holds(`${group('one')}.retry-now-0`, 'a.b.c')).toBe(true);
  expect(await probe().holds('orders-0', 'a.b.d')).toBe(false);
  expect(await probe().holds('orders-1', 'a.b.c')).toBe(false);
});

test('counts the connections of the lab’s own clients, and knows when they tried to connect', async () => {
  const before = Date.now();
  const { network, producer } = await lab.client();
  await vi.waitFor(async () => expect(await probe().connections?.()).toBe(network.proxy.open), within);
  expect(network.proxy.open).toBeGreaterThan(0);
  await producer.disconnect();
  await vi.waitFor(async () => expect(await probe().connections?.()).toBe(0), within);
  const attempts = probe().connectionAttempts;
  if (typeof attempts !== 'function') throw new Error('it knows');
  const times = await attempts();
  expect(times.length).toBeGreaterThan(0);
  expect(times[0]).toBeGreaterThanOrEqual(before);
});

test('topics are named as the adapter names them', () => {
  expect(['payment.transaction.succeeded', 'a.b.c', 'payment'].map(topicNames.entity)).toEqual([
    'transaction',
    'a',
    'payment',
  ]);
  expect(topicNames.type('payment.transaction.succeeded')).toBe('payment_transaction_succeeded');
});
