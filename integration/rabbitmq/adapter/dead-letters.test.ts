import type { BrokerAdapter, DeadLetter, Delivery, SweepVerdict } from '@payments/events-core';
import { expect, test } from 'vitest';
import { names } from '../lab/lab-names.ts';
import { noDeadline, within } from '../support/deadlines.ts';
import { message, queueOf, spec } from '../support/events.ts';
import { openPlace, type Place } from '../support/place.ts';
import { shortestWaits } from '../support/runtime.ts';

/** Sends so many events and has all of them dead-lettered. */
async function fill(place: Place, adapter: BrokerAdapter, count: number): Promise<string[]> {
  const messages = Array.from({ length: count }, (_, n) => message({ id: `letter-${n}`, key: `k${n}` }));
  const consuming = spec({ maxInFlight: 200 });
  let stored = 0;
  const subscription = await adapter.subscribe(consuming, async () => ({
    kind: 'deadLetter',
    reason: 'because',
    state: { n: '1' },
    onStored: () => void (stored += 1),
  }));
  await Promise.all(messages.map((one) => adapter.send(one, noDeadline)));
  await expect.poll(() => stored, { timeout: 30_000 }).toBe(count);
  await subscription.stop(noDeadline);
  await expect.poll(() => place.client.ready(queueOf('g.dead-letters'))).toBe(count);
  return messages.map(({ id }) => id);
}

async function idsOf(
  adapter: BrokerAdapter,
  verdict: (letter: DeadLetter) => SweepVerdict = () => ({ action: 'keep' }),
) {
  const ids: string[] = [];
  const letters: DeadLetter[] = [];
  const result = await adapter.deadLetters('g').sweep(async (letter) => {
    ids.push(letter.message.id ?? '');
    letters.push(letter);
    return verdict(letter);
  }, noDeadline);
  return { ...result, ids, letters };
}

test('30 sweeps of 300 letters by two processes keep them all, in order, and two at once see the whole or are refused', async () => {
  const place = await openPlace();
  const adapters = [await place.connected(), await place.connected()] as const;
  await fill(place, adapters[0], 300);
  const first = await idsOf(adapters[0]);
  expect(first).toMatchObject({ visited: 300, complete: true });
  expect(new Set(first.letters.map(({ id }) => id)).size).toBe(300);
  for (let round = 0; round < 10; round += 1) {
    for (const adapter of adapters) expect((await idsOf(adapter)).ids).toEqual(first.ids);
    const both = await Promise.allSettled(adapters.map((adapter) => idsOf(adapter)));
    for (const one of both) {
      if (one.status === 'fulfilled') expect(one.value.ids).toEqual(first.ids);
      else expect(one.reason).toMatchObject({ code: 'EVENTS_DEAD_LETTERS_BUSY' });
    }
  }
  const same = await Promise.allSettled([idsOf(adapters[0]), idsOf(adapters[0])]);
  expect(same.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(await place.client.ready(queueOf('g.dead-letters'))).toBe(300);
});

test('what was discarded does not come back, and what was redriven is handled by its group alone', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  await fill(place, adapter, 900);
  await adapter.declareGroup(spec({ group: 'h' }));
  const number = (letter: DeadLetter) => Number(letter.message.id?.slice('letter-'.length));
  const swept = await idsOf(adapter, (letter) => {
    const action = (['keep', 'discard', 'redrive'] as const)[number(letter) % 3]!;
    return action === 'redrive' ? { action, state: { again: 'yes' } } : { action };
  });
  expect(swept).toMatchObject({ visited: 900, complete: true });
  const kept = await idsOf(adapter);
  expect(kept.ids).toHaveLength(300);
  expect(kept.letters.every((letter) => number(letter) % 3 === 0)).toBe(true);
  expect(await place.client.ready(queueOf('h'))).toBe(0);
  const seen: Delivery[] = [];
  const subscription = await adapter.subscribe(spec({ maxInFlight: 50 }), async (delivery) => {
    seen.push(delivery);
    return { kind: 'ack' };
  });
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(300);
  await subscription.stop(noDeadline);
  expect(seen.every(({ state, unsettled }) => state['again'] === 'yes' && unsettled === 0)).toBe(true);
  expect(seen[0]?.message.headers).toEqual({ 'content-type': 'application/json' });
});

test('a sweep whose connection dies at half leaves all letters in order to the next', async () => {
  const place = await openPlace({ random: shortestWaits });
  const { url, proxy } = await place.network();
  const dying = await place.connected({ url });
  const adapter = await place.connected();
  await fill(place, adapter, 300);
  const before = (await idsOf(adapter)).ids;
  for (const at of [90, 150, 270]) {
    let visited = 0;
    const sweeping = dying.deadLetters('g').sweep(async () => {
      visited += 1;
      if (visited === at) await proxy.reset();
      return { action: 'keep' };
    }, noDeadline);
    await sweeping.catch((error: unknown) => expect(error).toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' }));
    await expect
      .poll(async () => (await idsOf(adapter).catch(() => undefined))?.ids, { timeout: 10_000 })
      .toEqual(before);
  }
});

test('stop, abort and a visit that throws end a sweep, and keep the letter', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  await fill(place, adapter, 20);
  const store = adapter.deadLetters('g');
  await expect(store.sweep(async () => ({ action: 'stop' }), noDeadline)).resolves.toEqual({
    visited: 1,
    complete: false,
  });
  const thrown = new Error('mine');
  await expect(store.sweep(() => Promise.reject(thrown), noDeadline)).rejects.toBe(thrown);
  const abort = new AbortController();
  const aborted = store.sweep(
    async () => {
      abort.abort();
      return { action: 'keep' };
    },
    { signal: abort.signal },
  );
  await expect(aborted).resolves.toEqual({ visited: 1, complete: false });
  expect(await adapter.backlog('g')).toMatchObject({ dead: 20, waiting: 0 });
  expect((await idsOf(adapter)).ids).toHaveLength(20);
});

test('a group that nobody has declared is a configuration error, for a sweep and for its backlog', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  const sweeping = adapter.deadLetters('nobody').sweep(async () => ({ action: 'keep' }), noDeadline);
  await expect(sweeping).rejects.toMatchObject({ code: 'EVENTS_CONFIGURATION', path: 'group' });
  await expect(adapter.backlog('nobody')).rejects.toMatchObject({ code: 'EVENTS_CONFIGURATION', path: 'group' });
});

test('a foreign message with hostile properties dies, stays beyond its expiration, is seen as it was, and is redriven', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  await adapter.declareGroup(spec());
  const by = await place.client.channel();
  const elsewhere = await by.assertQueue('', { exclusive: true });
  const headers = {
    CC: [],
    'x-nested': { list: [1, { deep: true }], bytes: Buffer.from([255, 0]) },
    'x-time': { '!': 'timestamp', value: 1_790_000_000 },
    'x-count': 7,
    'x-delivery-count': 999,
    'x-death': [{ count: 5, queue: 'forged' }],
    'payments:note': JSON.stringify({ state: { forged: 'yes' }, unsettled: 9 }),
  };
  by.publish(names.exchange, 'shop.order.placed', Buffer.from('{}'), {
    headers,
    userId: place.host.foreignUsername,
    replyTo: elsewhere.queue,
    expiration: '1500',
    priority: 9,
    messageId: 'foreign',
    contentType: 'application/json',
    appId: 'else',
  });
  let first: Delivery | undefined;
  const subscription = await adapter.subscribe(spec({ maxInFlight: 5 }), async (delivery) => {
    first = delivery;
    return { kind: 'deadLetter', reason: 'because', state: {} };
  });
  await expect.poll(() => place.client.ready(queueOf('g.dead-letters'))).toBe(1);
  await subscription.stop(noDeadline);
  expect(first).toMatchObject({ unsettled: 0, state: {} });
  await new Promise((resolve) => setTimeout(resolve, 1_800));
  const { letters } = await idsOf(adapter, () => ({ action: 'redrive', state: {} }));
  expect(letters).toHaveLength(1);
  expect(letters[0]?.message).toEqual(first?.message);
  expect(letters[0]?.message).toMatchObject({ id: 'foreign', type: 'shop.order.placed' });
  const [redriven] = await place.client.take(queueOf('g'));
  expect(redriven?.properties).toMatchObject({
    appId: 'else',
    messageId: 'foreign',
    expiration: undefined,
    userId: undefined,
  });
  expect(redriven?.properties.headers).toMatchObject({
    'x-nested': headers['x-nested'],
    'x-time': headers['x-time'],
    'x-count': 7,
  });
});

test('a letter that is redriven while the broker is away is not lost', async () => {
  const place = await openPlace();
  const { url, proxy } = await place.network();
  const adapter = await place.connected();
  await fill(place, adapter, 10);
  const dying = await place.connected({ url });
  const sweeping = dying.deadLetters('g').sweep(async () => {
    await proxy.reset();
    return { action: 'redrive', state: {} };
  }, within(10_000));
  await expect(sweeping).rejects.toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
  await expect
    .poll(async () => (await adapter.backlog('g')).dead + (await adapter.backlog('g')).waiting, { timeout: 10_000 })
    .toBeGreaterThanOrEqual(10);
});
