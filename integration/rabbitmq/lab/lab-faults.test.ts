/** Faults that end at one lab. */
import type { BrokerFaults, Refusal } from '@payments/events-contract-tests';
import type { ConfirmChannel } from 'amqplib';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { rabbitmqServer } from '../../brokers/rabbitmq-server.ts';
import { rabbitmqFaults } from './faults.ts';
import { labServer, type LabServer } from './lab-server.ts';
import { openPlainLab, type PlainLab } from './plain-lab.ts';
import { countMessages } from './queues.ts';

let server: LabServer;
let lab: PlainLab;
let faults: BrokerFaults;

beforeAll(async () => {
  server = labServer(await rabbitmqServer(), { own: false });
});
beforeEach(async () => {
  lab = await openPlainLab(server);
  faults = rabbitmqFaults(server, lab.tenant, lab.clients);
});
afterEach(() => lab.close());

const within = { timeout: 5_000, interval: 10 };
const work = 'payment_one';
const dead = `${work}.dead-letters`;

async function confirming() {
  const client = await lab.client();
  const channel = await client.connection.createConfirmChannel();
  const over = new Promise<string>((resolve) => {
    channel.on('error', (error: Error) => resolve(error.message));
  });
  return { ...client, channel, over };
}

/** The exchange, the group's queue bound to everything, and its dead letters. */
async function declare(channel: ConfirmChannel): Promise<void> {
  await channel.assertExchange('payments', 'topic');
  const args = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 };
  await channel.assertQueue(dead, { arguments: args });
  await channel.assertQueue(work, { arguments: { ...args, 'x-overflow': 'reject-publish' } });
  await channel.bindQueue(work, 'payments', '#');
}

/** Resolves to `stored`, or to why it was not. */
function publish(channel: ConfirmChannel, exchange = 'payments', routingKey = 'a.b.c'): Promise<string> {
  return new Promise((resolve) => {
    channel.publish(exchange, routingKey, Buffer.from('{}'), { persistent: true }, (error: unknown) =>
      resolve(error === null || error === undefined ? 'stored' : String(error)),
    );
  });
}

const stored = async (queue: string) =>
  (await countMessages(server.management, lab.tenant.vhost)).find(({ name }) => name === queue)?.total;

function refusal(name: string): Refusal {
  const found = faults.refusals.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

describe('refusals', () => {
  test('a queue limit refuses at once, and what it refused is not stored', async () => {
    const { channel } = await confirming();
    await declare(channel);
    for (let n = 0; n < 3; n += 1) expect(await publish(channel)).toBe('stored');
    await refusal('queue limit').impose('one');
    await vi.waitFor(async () => expect(await publish(channel)).toContain('nacked'), within);
    const before = await stored(work);
    expect(await publish(channel)).toContain('nacked');
    expect(await stored(work)).toBe(before);
    await refusal('queue limit').relieve();
    await vi.waitFor(async () => expect(await publish(channel)).toBe('stored'), within);
  });

  test('a missing permission is noticed by whoever comes back, and only at the exchange', async () => {
    const first = await confirming();
    await declare(first.channel);
    await refusal('missing permission').impose('one');
    await first.lost;
    const { channel, over } = await confirming();
    expect(await publish(channel, '', dead)).toBe('stored');
    expect(await publish(channel)).toContain('channel closed');
    expect(await over).toContain('ACCESS_REFUSED');
    await refusal('missing permission').relieve();
    const next = await confirming();
    expect(await publish(next.channel)).toBe('stored');
  });
});

test('dead letters are withheld from the first on, until they are given back', async () => {
  const { channel } = await confirming();
  await declare(channel);
  const giveBack = await faults.withholdDeadLetters('one');
  for (let n = 0; n < 3; n += 1) expect(await publish(channel, '', dead)).toContain('nacked');
  const other = await confirming();
  expect(await publish(other.channel, '', dead)).toContain('nacked');
  expect(await publish(channel)).toBe('stored');
  expect(await stored(dead)).toBe(0);
  await giveBack();
  await vi.waitFor(async () => expect(await publish(channel, '', dead)).toBe('stored'), within);
  expect(await publish(other.channel, '', dead)).toBe('stored');
});

test('a lost acknowledgement is of a message that is stored; the connection is dumb from then on, and dies', async () => {
  const { channel, adapter, lost, network } = await confirming();
  await declare(channel);
  expect(await publish(channel)).toBe('stored');
  if (typeof faults.loseSendReplies !== 'function') throw new Error('it can');
  await faults.loseSendReplies(adapter, 1);
  const publishing = publish(channel);
  await vi.waitFor(async () => expect(await stored(work)).toBe(2), within);
  expect(network.lost.left).toBe(0);
  expect(await publishing).not.toBe('stored');
  await lost;
  const next = await confirming();
  expect(await publish(next.channel)).toBe('stored');
});

test('deleted topology takes the exchange and the group’s queues, and no other group’s', async () => {
  const { channel } = await confirming();
  await declare(channel);
  await channel.assertQueue('payment_one-2', { arguments: { 'x-queue-type': 'quorum' } });
  if (typeof faults.deleteTopology !== 'function') throw new Error('it can');
  const cancelled = Promise.withResolvers<unknown>();
  await channel.consume(work, cancelled.resolve);
  await faults.deleteTopology('one');
  expect(await cancelled.promise).toBe(null);
  const queues = await countMessages(server.management, lab.tenant.vhost);
  expect(queues.map(({ name }) => name)).toEqual(['payment_one-2']);
  const { channel: checking, over } = await confirming();
  await expect(checking.checkExchange('payments')).rejects.toThrow('NOT_FOUND');
  await over;
});

test('revoked credentials end the connections and are refused, until they are valid again', async () => {
  if (typeof faults.revokeCredentials !== 'function') throw new Error('it can');
  const { lost } = await lab.client();
  const restore = await faults.revokeCredentials();
  await lost;
  await expect(lab.client()).rejects.toThrow('403');
  await restore();
  await lab.client();
});

test('a killed process reaches the broker no more; a paused one waits', async () => {
  const victim = await confirming();
  const sleeper = await confirming();
  await declare(sleeper.channel);
  await faults.killProcess(victim.adapter);
  await victim.lost;
  expect(victim.network.proxy.open).toBe(0);
  if (typeof faults.pauseProcess !== 'function' || typeof faults.unpauseProcess !== 'function')
    throw new Error('it can');
  await faults.pauseProcess(sleeper.adapter);
  const publishing = publish(sleeper.channel);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await stored(work)).toBe(0);
  await faults.unpauseProcess(sleeper.adapter);
  expect(await publishing).toBe('stored');
});

test('a broker that is shared is stopped by nobody', async () => {
  await expect((async () => faults.stop())()).rejects.toThrow('belongs to a file whose broker is its own');
  expect(faults.refusals.map(({ name }) => name)).toEqual(['queue limit', 'missing permission']);
});
