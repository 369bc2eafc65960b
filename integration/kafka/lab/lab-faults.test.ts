/** Faults that end at one lab. */
import type { Refusal } from '@payments/events-contract-tests';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { kafkaServer } from '../../brokers/kafka-server.ts';
import { kafkaFaults, type HealedFaults } from './faults.ts';
import { sharedLabServer, type LabServer } from './lab-server.ts';
import { openPlainLab, type PlainLab } from './plain-lab.ts';
import { idOf, listOffsets, listTopics, partitionsOf } from './topics.ts';

let server: LabServer;
let lab: PlainLab;
let faults: HealedFaults;

beforeAll(async () => {
  server = sharedLabServer(await kafkaServer());
});
beforeEach(async () => {
  lab = await openPlainLab(server);
  const { tenant, clients } = lab;
  const reads = (group: string, topic: string) => group === 'one' && topic === `${tenant.topicPrefix}orders`;
  faults = kafkaFaults({ server, tenant, clients, reads });
  await lab.create({ orders: 1, others: 1, 'one.retry-200ms': 1, 'one.dead-letters': 2, 'two.dead-letters': 2 });
});
afterEach(() => lab.close());

const within = { timeout: 5_000, interval: 10 };
const dead = 'one.dead-letters';

/** How many records there are. */
async function stored(topic: string): Promise<number> {
  const full = `${lab.tenant.topicPrefix}${topic}`;
  const { admin } = server.doors;
  const partitions = partitionsOf(await listTopics(admin, full)).filter((one) => one.topic === full);
  const ends = await listOffsets(admin, 'end', partitions);
  return partitions.reduce((sum, partition) => sum + (ends.get(idOf(partition)) ?? 0), 0);
}

function refusal(name: string): Refusal {
  const found = faults.refusals.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

describe('refusals', () => {
  test.each([
    ['size limit', 'MESSAGE_TOO_LARGE'],
    ['missing permission', 'TOPIC_AUTHORIZATION_FAILED'],
  ])('a %s refuses events, and nothing else, and what it refused is not stored', async (name, error) => {
    const { send } = await lab.client();
    expect(await send('orders', 'a')).toBe('stored');
    await refusal(name).impose('one');
    await vi.waitFor(async () => expect(await send('orders', 'b')).toBe(error), within);
    const before = await stored('orders');
    expect(await send('orders', 'c')).toBe(error);
    expect(await stored('orders')).toBe(before);
    for (const other of ['one.retry-200ms', dead]) expect(await send(other, 'd')).toBe('stored');
    await refusal(name).relieve();
    await vi.waitFor(async () => expect(await send('orders', 'e')).toBe('stored'), within);
  });

  test('what was left imposed is healed', async () => {
    const { send } = await lab.client();
    for (const { impose } of faults.refusals) await impose('one');
    await faults.heal();
    await vi.waitFor(async () => expect(await send('orders', 'a')).toBe('stored'), within);
  });

  test('another user is not refused', async () => {
    const other = await openPlainLab(server);
    const neighbour = await other.client();
    await other.create({ orders: 1 });
    await refusal('missing permission').impose('one');
    expect(await neighbour.send('orders', 'a')).toBe('stored');
    await refusal('missing permission').relieve();
    await other.close();
  });
});

test('dead letters are withheld from the first on, until they are given back', async () => {
  const { send } = await lab.client();
  const giveBack = await faults.withholdDeadLetters('one');
  expect(await send(dead, 'a')).toBe('TOPIC_AUTHORIZATION_FAILED');
  const other = await lab.client();
  expect(await other.send(dead, 'b')).toBe('TOPIC_AUTHORIZATION_FAILED');
  expect(await send('orders', 'c')).toBe('stored');
  expect(await send('two.dead-letters', 'd')).toBe('stored');
  expect(await stored(dead)).toBe(0);
  await giveBack();
  expect(await send(dead, 'e')).toBe('stored');
});

test('a lost answer is of a message that is stored; the connection is dumb from then on, and dies', async () => {
  const { send, adapter, network } = await lab.client();
  expect(await send('orders', 'a')).toBe('stored');
  if (typeof faults.loseSendReplies !== 'function') throw new Error('it can');
  await faults.loseSendReplies(adapter, 1);
  const sending = send('orders', 'b');
  await vi.waitFor(async () => expect(await stored('orders')).toBe(2), within);
  expect(await sending).not.toBe('stored');
  expect(network.lost.left).toBe(0);
  const next = await lab.client();
  expect(await next.send('orders', 'c')).toBe('stored');
});

test('deleted topology takes the topics that the group reads, and no others', async () => {
  if (typeof faults.deleteTopology !== 'function') throw new Error('it can');
  await faults.deleteTopology('one');
  const { topicPrefix } = lab.tenant;
  const left = [...(await listTopics(server.doors.admin, topicPrefix)).keys()].map((topic) =>
    topic.slice(topicPrefix.length),
  );
  expect(left.toSorted()).toEqual(['one.dead-letters', 'one.retry-200ms', 'others', 'two.dead-letters']);
});

test('revoked credentials end the connections and are refused, until they are valid again', async () => {
  if (typeof faults.revokeCredentials !== 'function') throw new Error('it can');
  const { send } = await lab.client();
  const restore = await faults.revokeCredentials();
  expect(await send('orders', 'a')).not.toBe('stored');
  await expect(lab.client()).rejects.toThrow('invalid credentials');
  await restore();
  expect(await (await lab.client()).send('orders', 'b')).toBe('stored');
});

test('a killed process reaches the broker no more; a paused one waits', async () => {
  const victim = await lab.client();
  const sleeper = await lab.client();
  await faults.killProcess(victim.adapter);
  expect(await victim.send('orders', 'a')).not.toBe('stored');
  await vi.waitFor(() => expect(victim.network.proxy.open).toBe(0), within);
  if (typeof faults.pauseProcess !== 'function' || typeof faults.unpauseProcess !== 'function')
    throw new Error('it can');
  await faults.pauseProcess(sleeper.adapter);
  const sending = sleeper.send('orders', 'b');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await stored('orders')).toBe(0);
  await faults.unpauseProcess(sleeper.adapter);
  expect(await sending).toBe('stored');
});

test('a broker that is shared is stopped by nobody', async () => {
  await expect(faults.stop()).rejects.toThrow('belongs to a file whose broker is its own');
});
