import type { BrokerAdapter, OutgoingMessage, SendError } from '@payments/events-core';
import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import type { LostReplies } from '../../faults/clients.ts';
import { produceSieve } from '../lab/produce-sieve.ts';
import { openPlace, type StoredRecord } from '../support/place.ts';

const noDeadline = { signal: new AbortController().signal };
const within = (ms: number) => ({ signal: AbortSignal.timeout(ms) });
const type = 'payment.order.placed';

/** Goes to topic `order`. */
function message(over: Partial<OutgoingMessage> = {}): OutgoingMessage {
  const { id = randomUUID() } = over;
  const headers = { 'event-id': id, 'event-type': over.type ?? type };
  return { id, type, headers, body: Buffer.from('{}'), ...over };
}

const several = (count: number, over: Partial<OutgoingMessage> = {}) =>
  Array.from({ length: count }, () => message(over));
const idsOf = (records: readonly StoredRecord[]) => records.map(({ headers }) => String(headers?.['event-id']));
const failureOf = (sent: Promise<unknown>) =>
  sent.then(
    () => expect.unreachable(),
    (error: SendError) => error,
  );

/** As core does: a broker may take a moment to know that it leads a partition. */
async function insist(adapter: BrokerAdapter, sent: OutgoingMessage): Promise<void> {
  for (;;) {
    try {
      await adapter.send(sent, within(10_000));
      return;
    } catch (error) {
      expect(error).toMatchObject({ outcome: 'unknown', retryable: true });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

test('what was accepted lies where the receipt says, byte for byte, with key and headers', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  const id = randomUUID();
  const headers = { 'event-id': id, 'event-type': type, 'x-text': '日本 👩‍👩‍👧 \ufeff', constructor: 'own' };
  const sent = message({ id, key: 'kéy', headers, body: Buffer.from([0, 255]) });
  const receipt = await adapter.send(sent, noDeadline);
  const [found] = await place.read('order');
  expect(receipt).toEqual({ position: `${place.prefix}order/${found?.partition}/${found?.offset}`, duplicate: false });
  expect(found?.key?.toString()).toBe('kéy');
  expect(found?.value).toEqual(sent.body);
  expect(found?.headers?.['x-text']).toEqual(Buffer.from('日本 👩‍👩‍👧 \ufeff'));
  expect(Math.abs(Number(found?.timestamp) - Date.now())).toBeLessThan(60_000);
});

test('the first events of many new topics are accepted, though each topic is made for them', async () => {
  const place = await openPlace();
  const adapter = await place.connected({ partitions: 2 });
  const types = ['one', 'two', 'three', 'four'].map((entity) => `payment.${entity}.placed`);
  const sends = types.flatMap((one) => several(20, { type: one }).map((each) => adapter.send(each, noDeadline)));
  await expect(Promise.all(sends)).resolves.toHaveLength(80);
  expect(await place.topics()).toEqual(['four', 'one', 'three', 'two']);
});

test('sends of a key reach the broker in call order, also across waiting for a connection', async () => {
  const place = await openPlace();
  const { proxy, options } = await place.network();
  const adapter = await place.connected(options);
  await adapter.send(message(), noDeadline);
  await proxy.refuse();
  const inTime = within(15_000);
  const messages = several(300, { key: 'k' });
  // The first tries to use what is gone.
  const first = failureOf(adapter.send(message({ key: 'k' }), inTime));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const sends = messages.map((one) => adapter.send(one, inTime));
  await proxy.heal();
  await Promise.all(sends);
  expect(await first).toMatchObject({ outcome: 'unknown' });
  const sent = new Set(messages.map(({ id }) => id));
  expect(idsOf(await place.read('order')).filter((id) => sent.has(id))).toEqual([...sent]);
});

test('the largest message that is allowed is accepted, and many that are larger together than Kafka takes at once', async () => {
  const place = await openPlace();
  const adapter = await place.connected({ partitions: 1 });
  const largest = message();
  const around = Object.entries(largest.headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const large = several(3, { body: Buffer.alloc(400_000) });
  const many = several(1_500, { body: Buffer.alloc(1_200) });
  const full = { ...largest, body: Buffer.alloc(adapter.maxMessageBytes() - around) };
  await Promise.all([full, ...large, ...many].map((one) => adapter.send(one, noDeadline)));
  const over = { ...largest, body: Buffer.alloc(adapter.maxMessageBytes() - around + 1) };
  expect(await failureOf(adapter.send(over, noDeadline))).toMatchObject({ outcome: 'rejected', reason: 'too-large' });
});

test('a topic that was deleted under flow holds up no other, and is made again', async () => {
  const place = await openPlace();
  const adapter = await place.connected({ partitions: 2 });
  const types = ['payment.one.placed', 'payment.two.placed'];
  await Promise.all(types.map((one) => adapter.send(message({ type: one }), noDeadline)));
  await place.admin.deleteTopics({ topics: [`${place.prefix}one`] });
  const outcomes: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    const sends = types.map((one) => adapter.send(message({ type: one }), within(8_000)));
    const results = await Promise.allSettled(sends);
    outcomes.push(
      ...results.map((one) => (one.status === 'fulfilled' ? 'accepted' : (one.reason as SendError).outcome)),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(outcomes).not.toContain('rejected');
  expect(outcomes.slice(-10)).toEqual(Array.from({ length: 10 }, () => 'accepted'));
  expect((await place.read('two')).length).toBeGreaterThan(15);
});

test('partitions that are added are used, and no event is refused', async () => {
  const place = await openPlace();
  const adapter = await place.connected({ partitions: 1 });
  await adapter.send(message(), noDeadline);
  await place.admin.createPartitions({ topicPartitions: [{ topic: `${place.prefix}order`, count: 4 }] });
  // Another adapter meets them as soon as the broker has heard of them; this one when it looks again.
  const other = await place.connected();
  const sendMore = async () => {
    await Promise.all(several(50).map((one, index) => insist(index % 2 === 0 ? adapter : other, one)));
    expect(new Set((await place.read('order')).map(({ partition }) => partition)).size).toBe(4);
  };
  await vi.waitFor(sendMore, { timeout: 20_000, interval: 200 });
});

test('a send that waits for a connection at its deadline is rejected; one that was sent is unknown', async () => {
  const place = await openPlace();
  const { proxy, options } = await place.network();
  const adapter = await place.connected(options);
  await adapter.send(message(), noDeadline);
  await proxy.silence('both');
  expect(await failureOf(adapter.send(message(), within(300)))).toMatchObject({
    outcome: 'unknown',
    reason: 'timeout',
  });
  await proxy.refuse();
  await expect.poll(() => place.notices.length, { timeout: 10_000 }).toBeGreaterThan(0);
  await failureOf(adapter.send(message(), within(1_000)));
  const error = await failureOf(adapter.send(message(), within(300)));
  expect(error).toMatchObject({ outcome: 'rejected', reason: 'disconnected', retryable: true });
  expect(error.message).toMatch(/there was no connection to Kafka/);
  const aborted = adapter.send(message(), { signal: AbortSignal.abort() });
  expect(await failureOf(aborted)).toMatchObject({ outcome: 'rejected' });
});

test('a connection cut at any byte of a burst loses nothing that was accepted', async () => {
  const place = await openPlace();
  const { proxy, options } = await place.network();
  const adapter = await place.connected(options);
  await adapter.send(message(), noDeadline);
  const accepted = new Set<string>();
  for (let round = 0; round < 12; round += 1) {
    await proxy.cutAfter(300 + round * 1_531);
    for (let wave = 0; wave < 4; wave += 1) {
      const messages = several(20, { key: `k${wave}` });
      const sends = messages.map((one) => adapter.send(one, within(8_000)));
      if (wave === 1) await proxy.heal();
      const results = await Promise.allSettled(sends);
      results.forEach((result, index) => {
        if (result.status === 'fulfilled') accepted.add(messages[index]!.id);
        else expect(result.reason).toMatchObject({ outcome: 'unknown' });
      });
    }
  }
  const found = new Set(idsOf(await place.read('order')));
  expect([...accepted].filter((id) => !found.has(id))).toEqual([]);
  expect(accepted.size).toBeGreaterThan(200);
});

test('an event whose answer was lost is unknown, and the next one is not taken for it', async () => {
  const place = await openPlace();
  const lost: LostReplies = { left: 0 };
  const { options } = await place.network((connection) => produceSieve(lost, () => {}, connection));
  const adapter = await place.connected(options);
  await adapter.send(message({ key: 'k' }), noDeadline);
  const [first, second] = [message({ key: 'k' }), message({ key: 'k' })];
  lost.left = 1;
  expect(await failureOf(adapter.send(first, within(10_000)))).toMatchObject({ outcome: 'unknown', reason: 'timeout' });
  // On the connection that has become dumb nothing is answered any more.
  for (let tries = 0; tries < 10; tries += 1) {
    const stored = await adapter.send(second, within(10_000)).catch(() => undefined);
    if (stored !== undefined) break;
  }
  expect(idsOf(await place.read('order'))).toEqual(expect.arrayContaining([first.id, second.id]));
});

test('close waits for the answers to open sends, and later sends are refused', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  const sends = several(500).map((one) => adapter.send(one, noDeadline));
  await adapter.close(noDeadline);
  await expect(Promise.all(sends)).resolves.toHaveLength(500);
  expect(await place.read('order')).toHaveLength(500);
  await expect(adapter.send(message(), noDeadline)).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
});
