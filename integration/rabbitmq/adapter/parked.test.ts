import type { BrokerAdapter, Delivery } from '@payments/events-core';
import type { Options } from 'amqplib';
import { expect, test } from 'vitest';
import { names } from '../lab/lab-names.ts';
import { noDeadline, within } from '../support/deadlines.ts';
import { eventually } from '../support/eventually.ts';
import { message, queueOf, spec } from '../support/events.ts';
import { openPlace, type Place } from '../support/place.ts';

const unrouted = queueOf('.unrouted');
const wanted = 'shop.order.placed';
const unwanted = 'shop.order.lost';

/** Sends so many events that no group wants yet. Every so many, one that none will want. */
async function park(adapter: BrokerAdapter, { count, unwantedEvery = Number.POSITIVE_INFINITY, bytes = 10 }: Parking) {
  const sent = Array.from({ length: count }, (_, n) =>
    message({
      id: `parked-${n}`,
      key: `k${n % 3}`,
      type: n % unwantedEvery === 0 && n > 0 ? unwanted : wanted,
      headers: { 'content-type': 'application/json', 'x-number': `${n}`, 'event-key': `k${n % 3}` },
      body: Buffer.alloc(bytes, n % 256),
    }),
  );
  for (const one of sent) await adapter.send(one, within(10_000));
  return sent;
}

interface Parking {
  readonly count: number;
  readonly unwantedEvery?: number;
  readonly bytes?: number;
}

const group = spec({ group: 'late', patterns: [wanted] });

async function idsIn(place: Place, queue: string): Promise<readonly unknown[]> {
  return (await place.client.take(queue)).map(({ properties }) => properties.messageId);
}

test('what was parked is handled in order once its group is declared, as it was, and nothing is parked any longer', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  const sent = await park(adapter, { count: 120 });
  await adapter.declareGroup(group);
  expect(await adapter.republishParked()).toEqual({ republished: 120, stillParked: 0, complete: true });
  const seen: Delivery[] = [];
  const subscription = await adapter.subscribe({ ...group, maxInFlight: 1 }, async (delivery) => {
    seen.push(delivery);
    return { kind: 'ack' };
  });
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(120);
  await subscription.stop(noDeadline);
  expect(seen.map((delivery) => delivery.message)).toEqual(sent);
  expect(seen.every(({ state, unsettled }) => Object.keys(state).length === 0 && unsettled === 0)).toBe(true);
  expect(await place.client.ready(unrouted)).toBe(0);
  expect(await adapter.health()).toMatchObject({ status: 'up', problems: [] });
  expect(await adapter.republishParked()).toEqual({ republished: 0, stillParked: 0, complete: true });
});

test('a republished event lies in the queue of its group byte for byte as one that was never parked', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  const sent = message({ id: '日'.repeat(100), key: 'kéy', headers: { 'x-text': 'é' } });
  await adapter.send(sent, noDeadline);
  await adapter.declareGroup(group);
  expect(await adapter.republishParked()).toMatchObject({ republished: 1 });
  await adapter.send(sent, noDeadline);
  const [republished, plain] = await place.client.take(queueOf('late'));
  expect(republished?.properties).toEqual(plain?.properties);
  expect(republished?.content).toEqual(plain?.content);
  expect(republished?.fields).toMatchObject({ exchange: 'payments', routingKey: wanted });
});

test('what no group wants still stays where it is, in its order, is counted, and is told by health', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  const sent = await park(adapter, { count: 100, unwantedEvery: 4 });
  await adapter.declareGroup(group);
  const left = sent.filter(({ type }) => type === unwanted).map(({ id }) => id);
  expect(await adapter.republishParked()).toEqual({
    republished: 100 - left.length,
    stillParked: left.length,
    complete: true,
  });
  for (let again = 0; again < 3; again += 1)
    expect(await adapter.republishParked()).toEqual({ republished: 0, stillParked: left.length, complete: true });
  const { problems } = await adapter.health();
  expect(problems).toMatchObject([{ code: 'unrouted-events', message: expect.stringContaining('republishParked()') }]);
  expect(await idsIn(place, unrouted)).toEqual(left);
  expect(await place.client.ready(queueOf('late'))).toBe(100 - left.length);
});

test('an event of another library goes with its own routing key, and stays where nobody knows it', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  const channel = await place.client.channel();
  const put = (properties: Options.Publish) => channel.sendToQueue(unrouted, Buffer.from('{}'), properties);
  put({ messageId: 'no-type' });
  put({ type: unwanted });
  put({ type: unwanted });
  put({ type: wanted, messageId: 'typed' });
  put({ type: wanted });
  await expect.poll(() => place.client.ready(unrouted)).toBe(5);
  await adapter.declareGroup(group);
  expect(await adapter.republishParked()).toEqual({ republished: 2, stillParked: 3, complete: true });
  expect(await idsIn(place, queueOf('late'))).toEqual(['typed', undefined]);
  expect(await idsIn(place, unrouted)).toEqual(['no-type', undefined, undefined]);
});

test('a connection that is killed half way doubles an event, loses none, and changes no order', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  const sent = (await park(adapter, { count: 300, bytes: 2_000 })).map(({ id }) => id);
  await adapter.declareGroup(group);
  const { url, proxy, cutOnce } = await place.network();
  const dies = async (weaken: () => Promise<void>, kill = () => Promise.resolve()) => {
    const dying = await place.connected({ url });
    await weaken();
    const before = (await place.client.ready(queueOf('late'))) ?? 0;
    const republishing = dying.republishParked();
    republishing.catch(() => {});
    await eventually('some are republished', async () => ((await place.client.ready(queueOf('late'))) ?? 0) > before);
    await kill();
    await expect(republishing).rejects.toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
    await dying.close(within(1_000));
  };
  // The connection that publishes, after some events of 2,000 bytes; then both, at once.
  await dies(() => cutOnce(100_000));
  await dies(
    () => proxy.rate(200_000),
    () => proxy.reset(),
  );
  // The broker takes back a moment later what the dead connection held.
  await eventually('the rest is parked', async () => ((await place.client.ready(unrouted)) ?? 0) > 0);
  await expect
    .poll(async () => (await adapter.republishParked().catch(() => undefined))?.stillParked, { timeout: 10_000 })
    .toBe(0);
  const stored = await idsIn(place, queueOf('late'));
  expect(stored.length).toBeGreaterThanOrEqual(300);
  expect([...new Set(stored)]).toEqual(sent);
  expect(await place.client.ready(unrouted)).toBe(0);
});

test('of two at once, in one process or two, one does it and the other is refused', async () => {
  const place = await openPlace();
  const adapters = [await place.connected(), await place.connected()] as const;
  await adapters[0].declareGroup(spec({ group: 'other', patterns: ['a.b.c'] }));
  const sent = await park(adapters[0], { count: 200 });
  const same = await Promise.allSettled([adapters[0].republishParked(), adapters[0].republishParked()]);
  expect(same).toMatchObject([
    { status: 'fulfilled', value: { republished: 0, stillParked: 200 } },
    { status: 'rejected', reason: { code: 'EVENTS_DEAD_LETTERS_BUSY' } },
  ]);
  for (let round = 0; round < 5; round += 1) {
    for (const one of await Promise.allSettled(adapters.map((adapter) => adapter.republishParked()))) {
      if (one.status === 'fulfilled') expect(one.value).toMatchObject({ stillParked: 200, complete: true });
      else expect(one.reason).toMatchObject({ code: 'EVENTS_DEAD_LETTERS_BUSY' });
    }
  }
  await adapters[0].declareGroup(group);
  await Promise.allSettled(adapters.map((adapter) => adapter.republishParked()));
  expect(await idsIn(place, queueOf('late'))).toEqual(sent.map(({ id }) => id));
});

test('an abort ends it early, a close with an error, and what was not republished lies where it was', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  await park(adapter, { count: 50 });
  expect(await adapter.republishParked({ signal: AbortSignal.abort() })).toMatchObject({ complete: false });
  expect(await place.client.ready(unrouted)).toBe(50);
  await adapter.declareGroup(group);
  const closed = await place.connected();
  const republishing = closed.republishParked();
  republishing.catch(() => {});
  await closed.close(within(2_000));
  await expect(republishing).rejects.toMatchObject({
    name: expect.stringMatching(/ClosedError|BrokerUnavailableError/),
  });
  await expect(closed.republishParked()).rejects.toMatchObject({ name: 'ClosedError' });
  await expect.poll(async () => (await adapter.republishParked()).stillParked, { timeout: 10_000 }).toBe(0);
  expect(new Set(await idsIn(place, queueOf('late'))).size).toBe(50);
});

test('where nothing was ever parked there is nothing to republish, and a full queue refuses with a reason', async () => {
  const place = await openPlace();
  const refusing = await place.connected({ unroutable: 'error' });
  expect(await refusing.republishParked()).toEqual({ republished: 0, stillParked: 0, complete: true });
  const adapter = await place.connected();
  const sent = await park(adapter, { count: 3 });
  const full = queueOf('full');
  const channel = await place.client.channel();
  await channel.assertQueue(full, {
    maxLength: 1,
    arguments: { 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish' },
  });
  // A limit lets some pass that come at once.
  await place.client.send(full, ['1', '2']).catch(() => {});
  await channel.bindQueue(full, names.exchange, wanted);
  await expect(adapter.republishParked()).rejects.toMatchObject({ code: 'EVENTS_SEND', reason: 'full' });
  await place.client.take(full);
  await channel.deleteQueue(full);
  await adapter.declareGroup(group);
  expect(await adapter.republishParked()).toEqual({ republished: 3, stillParked: 0, complete: true });
  expect(await idsIn(place, queueOf('late'))).toEqual(sent.map(({ id }) => id));
});
