import { expect, test } from 'vitest';
import { createVirtualClock } from './virtual-clock.ts';

test('time stands still until it is moved', () => {
  const clock = createVirtualClock(1_000);
  expect(clock.now()).toBe(1_000);
  clock.moveTo(5_000);
  clock.moveTo(2_000);
  expect(clock.now()).toBe(5_000);
});

test('timers run in the order in which they are due, those of one instant in the order in which they were set', () => {
  const clock = createVirtualClock(0);
  const ran: string[] = [];
  clock.schedule(20, () => ran.push(`late at ${clock.now()}`));
  clock.schedule(10, () => ran.push(`first at ${clock.now()}`));
  clock.schedule(10, () => ran.push(`second at ${clock.now()}`));
  clock.schedule(-5, () => ran.push(`overdue at ${clock.now()}`));
  while (clock.nextDue() !== undefined) clock.runNext();
  expect(ran).toEqual(['overdue at 0', 'first at 10', 'second at 10', 'late at 20']);
});

test('a cancelled timer never runs and leaves nothing behind', () => {
  const clock = createVirtualClock(0);
  const cancels = Array.from({ length: 1_000 }, () => clock.schedule(10_000, () => expect.unreachable()));
  expect(clock.timers).toBe(1_000);
  for (const cancel of cancels) cancel();
  for (const cancel of cancels) cancel();
  expect(clock.timers).toBe(0);
  expect(clock.nextDue()).toBeUndefined();
});
