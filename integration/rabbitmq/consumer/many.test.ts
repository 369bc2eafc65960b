import { expect, it } from 'vitest';
import { within } from '../support/deadlines.ts';
import { queueOf, spec } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { openPlace } from '../support/place.ts';

it('delivers each of 10,000 messages that wait in one retry step once more, and no more', async () => {
  const place = await openPlace();
  const adapter = await place.connected();
  const ids = Array.from({ length: 10_000 }, (_, index) => `${index}`);
  const stepMs = 7_000;
  let first = 0;
  const again: string[] = [];
  const group = spec({ retryDelaysMs: [stepMs], maxInFlight: 500 });
  const subscription = await adapter.subscribe(group, async ({ message, state }) => {
    if (state['tries'] !== undefined) again.push(message.id ?? '');
    else first += 1;
    return state['tries'] === undefined ? { kind: 'retry', delayMs: stepMs, state: { tries: '1' } } : { kind: 'ack' };
  });
  await place.client.publish(ids);
  const waiting = () => place.client.ready(queueOf(`g.retry-${stepMs}ms`));
  await eventually('all waiting at once', async () => (await waiting()) === ids.length);
  expect(again).toEqual([]);
  await eventually('all again', () => again.length >= ids.length, 30_000);
  await eventually('nothing left', async () => (await waiting()) === 0);
  expect(first).toBe(ids.length);
  expect(again.toSorted((one, other) => Number(one) - Number(other))).toEqual(ids);
  await subscription.stop(within(5_000));
  expect(await place.client.ready(queueOf('g'))).toBe(0);
});
