import type { SendError } from '@payments/events-core';
import { expect, test } from 'vitest';
import { names } from '../lab/lab-names.ts';
import { noDeadline, within } from '../support/deadlines.ts';
import { message, queueOf, spec } from '../support/events.ts';
import { openPlace } from '../support/place.ts';
import { shortestWaits } from '../support/runtime.ts';

test('what was accepted lies in the queue of the group, byte for byte, with id, type, key and headers', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  await adapter.declareGroup(spec());
  const sent = message({
    key: 'kéy',
    headers: { 'x-text': '日本 👩‍👩‍👧 \ufeff', 'event-key': 'other' },
    body: Buffer.from([0, 255]),
  });
  await expect(adapter.send(sent, noDeadline)).resolves.toEqual({ duplicate: false });
  const [found] = await place.client.take(queueOf('g'));
  expect(found?.content).toEqual(sent.body);
  expect(found?.properties).toMatchObject({ messageId: sent.id, type: sent.type, deliveryMode: 2 });
  expect(found?.properties.headers).toMatchObject({ 'x-text': '日本 👩‍👩‍👧 \ufeff' });
});

test('sends reach the broker in call order, also across waiting for a connection', async () => {
  const place = await openPlace();
  const { url, proxy } = await place.network();
  const adapter = await place.connected({ url });
  await adapter.declareGroup(spec());
  await proxy.refuse();
  const inTime = within(10_000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const messages = Array.from({ length: 300 }, () => message());
  const sends = messages.map((one) => adapter.send(one, inTime));
  await proxy.heal();
  await Promise.all(sends);
  const found = await place.client.take(queueOf('g'));
  expect(found.map(({ properties }) => properties.messageId)).toEqual(messages.map(({ id }) => id));
});

test('an event that nobody is bound for is parked, also while the queue for those is missing', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  const unrouted = queueOf('.unrouted');
  await adapter.send(message({ id: 'one' }), noDeadline);
  expect((await adapter.health()).problems.map(({ code }) => code)).toEqual(['unrouted-events']);
  await (await place.client.channel()).deleteQueue(unrouted);
  await Promise.all(['two', 'three', 'three'].map((id) => adapter.send(message({ id }), noDeadline)));
  const parked = await place.client.take(unrouted);
  expect(parked.map(({ properties }) => properties.messageId).toSorted()).toEqual(['three', 'three', 'two']);
});

test('an event that nobody is bound for is rejected where parking is not asked for', async () => {
  const place = await openPlace();
  const adapter = await place.connected({ unroutable: 'error' });
  await expect(adapter.send(message(), noDeadline)).rejects.toMatchObject({
    outcome: 'rejected',
    reason: 'unroutable',
  });
});

test('an exchange that was deleted is declared again, and no send under way is lost', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  await adapter.declareGroup(spec());
  await adapter.send(message(), noDeadline);
  await (await place.client.channel()).deleteExchange(names.exchange);
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => adapter.send(message(), within(5_000))));
  const outcomes = results.map((result) =>
    result.status === 'fulfilled' ? 'accepted' : (result.reason as SendError).outcome,
  );
  expect(outcomes).not.toContain('rejected');
  await adapter.send(message(), within(5_000));
  const [stored, parked] = [await place.client.ready(queueOf('g')), await place.client.ready(queueOf('.unrouted'))];
  expect((stored ?? 0) + (parked ?? 0)).toBeGreaterThanOrEqual(
    2 + outcomes.filter((outcome) => outcome === 'accepted').length,
  );
});

test('an exchange that was deleted under flow costs no group an event: each is stored for all of them, or parked', async () => {
  const place = await openPlace();
  const [adapter, other] = [await place.connected(), await place.connected()];
  await adapter.declareGroup(spec());
  await other.declareGroup(spec({ group: 'other' }));
  const send = () =>
    adapter.send(message(), within(5_000)).then(
      () => true,
      () => false,
    );
  const sends = Array.from({ length: 50 }, send);
  await (await place.client.channel()).deleteExchange(names.exchange);
  sends.push(...Array.from({ length: 50 }, send));
  const accepted = (await Promise.all(sends)).filter(Boolean).length;
  for (let late = 0; late < 10; late += 1) await adapter.send(message(), within(5_000));
  const idsIn = async (queue: string) =>
    (await place.client.take(queue)).map(({ properties }) => String(properties.messageId));
  const ours = await idsIn(queueOf('g'));
  expect(ours.length).toBeGreaterThanOrEqual(10);
  expect(await idsIn(queueOf('other'))).toEqual(ours);
  const parked = await idsIn(queueOf('.unrouted'));
  expect(new Set([...ours, ...parked]).size).toBeGreaterThanOrEqual(accepted + 10);
});

test('what a full queue refuses is rejected, and the next is accepted once there is room', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  const channel = await place.client.channel();
  const full = queueOf('h');
  await channel.assertQueue(full, {
    maxLength: 2,
    arguments: { 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish' },
  });
  await channel.bindQueue(full, names.exchange, '#');
  // A limit lets some pass that come at once.
  const results: PromiseSettledResult<unknown>[] = [];
  for (let round = 0; round < 10; round += 1) {
    results.push(...(await Promise.allSettled([1, 2].map(() => adapter.send(message(), within(5_000))))));
  }
  const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as SendError);
  expect(refused.length).toBeGreaterThan(0);
  for (const error of refused) expect(error).toMatchObject({ outcome: 'rejected', reason: 'full', retryable: true });
  await place.client.take(full);
  await expect(adapter.send(message(), within(5_000))).resolves.toEqual({ duplicate: false });
});

test('a send that waits for a connection at its deadline is rejected; one that was written is unknown', async () => {
  const place = await openPlace();
  const { url, proxy } = await place.network();
  const adapter = await place.connected({ url, heartbeatS: 60 });
  await adapter.declareGroup(spec());
  await adapter.send(message(), noDeadline);
  await proxy.silence('both');
  await expect(adapter.send(message(), within(300))).rejects.toMatchObject({
    outcome: 'unknown',
    reason: 'timeout',
  });
  await proxy.refuse();
  await expect.poll(() => place.notices.length).toBeGreaterThan(0);
  await expect(adapter.send(message(), within(300))).rejects.toMatchObject({
    outcome: 'rejected',
    reason: 'disconnected',
  });
  await expect(adapter.send(message(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ outcome: 'rejected' });
});

test('a connection cut at any byte of a burst loses nothing that was accepted', async () => {
  const place = await openPlace({ random: shortestWaits });
  const { url, cutOnce } = await place.network();
  const adapter = await place.connected({ url });
  await adapter.declareGroup(spec());
  const accepted = new Set<string>();
  for (let round = 0; round < 12; round += 1) {
    await cutOnce(200 + round * 1_531);
    for (let wave = 0; wave < 4; wave += 1) {
      const messages = Array.from({ length: 20 }, () => message());
      const results = await Promise.allSettled(messages.map((one) => adapter.send(one, within(8_000))));
      results.forEach((result, index) => {
        if (result.status === 'fulfilled') accepted.add(messages[index]!.id);
        else expect(result.reason).toMatchObject({ outcome: 'unknown', reason: 'disconnected' });
      });
    }
  }
  const found = new Set(
    (await place.client.take(queueOf('g'))).map(({ properties }) => properties.messageId as string),
  );
  expect([...accepted].filter((id) => !found.has(id))).toEqual([]);
  expect(accepted.size).toBeGreaterThan(200);
});

test('too much is refused before anything is written, and what cannot be written harms nothing else', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  await adapter.declareGroup(spec());
  const large = Buffer.alloc(adapter.maxMessageBytes() + 1);
  const headers = { 'x-large': 'x'.repeat(17 * 1_024) };
  const results = await Promise.allSettled([
    adapter.send(message(), noDeadline),
    adapter.send(message({ body: large }), noDeadline),
    adapter.send(message({ headers }), noDeadline),
    adapter.send(message({ type: 'x'.repeat(300) }), noDeadline),
    adapter.send(message({ id: '👩'.repeat(100) }), noDeadline),
    adapter.send(message(), noDeadline),
  ]);
  expect(results.map((one) => (one.status === 'fulfilled' ? 'accepted' : (one.reason as SendError).reason))).toEqual([
    'accepted',
    'too-large',
    'too-large',
    'other',
    'accepted',
    'accepted',
  ]);
});

test('close waits for the confirmations of open sends, and later sends are refused', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  await adapter.declareGroup(spec());
  const sends = Array.from({ length: 500 }, () => adapter.send(message(), noDeadline));
  await adapter.close(noDeadline);
  await expect(Promise.all(sends)).resolves.toHaveLength(500);
  expect(await place.client.take(queueOf('g'))).toHaveLength(500);
  await expect(adapter.send(message(), noDeadline)).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
});
