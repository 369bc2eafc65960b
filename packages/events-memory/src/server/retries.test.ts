import { expect, test } from 'vitest';
import { createItem } from './item.ts';
import { createLog } from './log.ts';
import { createRetries } from './retries.ts';
import { createVirtualClock } from './virtual-clock.ts';

const log = createLog('invoice', 0, { held: 0 });
const item = (order: number) =>
  createItem(
    log.append(
      { id: `m${order}`, type: 'payment.invoice.paid', key: undefined, headers: {}, body: new Uint8Array() },
      order,
    ),
    'invoice',
    order,
  );

test('each is released when it is due, those of one instant in their order', () => {
  const clock = createVirtualClock(0);
  const released: string[] = [];
  const retries = createRetries(clock, (one) => released.push(`${one.message.content.id} at ${clock.now()}`));
  for (const [order, delayMs] of [
    [3, 200],
    [2, 100],
    [1, 200],
    [4, 0],
  ] as const)
    retries.add(item(order), delayMs);
  while (clock.nextDue() !== undefined) clock.runNext();
  expect(released).toEqual(['m4 at 0', 'm2 at 100', 'm1 at 200', 'm3 at 200']);
  expect(retries.size).toBe(0);
});

test('ten thousand that wait cost one timer', () => {
  const clock = createVirtualClock(0);
  const retries = createRetries(clock, () => {});
  for (let order = 1; order <= 10_000; order += 1) retries.add(item(order), 1_000_000 - order);
  expect(clock.timers).toBe(1);
});

test('suspended it has no timer, and forgets nothing', () => {
  const clock = createVirtualClock(0);
  const released: string[] = [];
  const retries = createRetries(clock, (one) => released.push(one.message.content.id));
  retries.add(item(1), 100);
  retries.suspend();
  retries.add(item(2), 50);
  expect(clock.timers).toBe(0);
  clock.moveTo(1_000);
  retries.resume();
  clock.runNext();
  expect(released).toEqual(['m2', 'm1']);
});
