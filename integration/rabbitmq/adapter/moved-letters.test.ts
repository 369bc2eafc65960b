import type { DeadLetter } from '@payments/events-core';
import type { Options } from 'amqplib';
import { expect, test } from 'vitest';
import { noDeadline } from '../support/deadlines.ts';
import { queueOf, spec } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { openPlace } from '../support/place.ts';

const work = queueOf('g');
const dead = `${work}.dead-letters`;

test('what the broker itself has moved to the dead letters is listed with its reason and without a state, and redriven', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  await adapter.declareGroup(spec());
  // As a retry leaves it: a copy, with a note that is about an earlier attempt and not about this death.
  const retried: Options.Publish = { headers: { 'payments:note': JSON.stringify({ state: { attempts: '2' } }) } };
  await place.client.send(work, ['returned'], retried);
  await place.client.publish(['rejected']);
  const channel = await place.client.channel();
  await channel.prefetch(1);
  let returns = 0;
  const { consumerTag } = await channel.consume(work, (message) => {
    if (message === null) return;
    const returned = message.properties.messageId === 'returned';
    if (returned) returns += 1;
    // Somebody who returns a message over and over, as far as the broker lets him; and one who gives up at once.
    channel.nack(message, false, returned);
  });
  await eventually('both dead', async () => (await place.client.ready(dead)) === 2, 30_000);
  await channel.cancel(consumerTag);
  expect(returns).toBeGreaterThanOrEqual(1_000);

  const letters: DeadLetter[] = [];
  const sweep = (action: 'keep' | 'redrive') =>
    adapter.deadLetters('g').sweep(async (letter) => {
      letters.push(letter);
      return action === 'keep' ? { action } : { action, state: {} };
    }, noDeadline);
  await sweep('keep');
  const told = letters.map(({ message, reason, state, group }) => ({ id: message.id, reason, state, group }));
  expect(told).toHaveLength(2);
  expect(told).toEqual(
    expect.arrayContaining([
      { id: 'returned', reason: 'delivery-limit', state: {}, group: 'g' },
      { id: 'rejected', reason: 'rejected', state: {}, group: 'g' },
    ]),
  );
  for (const { diedAt } of letters) expect(Math.abs(Date.now() - diedAt.getTime())).toBeLessThan(60_000);
  await sweep('redrive');
  expect(new Set(letters.map(({ id }) => id)).size).toBe(2);
  expect((await place.client.take(work)).map(({ properties }) => properties.messageId).toSorted()).toEqual([
    'rejected',
    'returned',
  ]);
});
