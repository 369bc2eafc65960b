import { expect, test } from 'vitest';
import { events } from './catalogue.ts';
import { dayOfPayments } from './day.ts';

test('a day has every event type there is, and several hundred events', () => {
  const { happenings } = dayOfPayments();
  expect([...new Set(happenings.map(({ type }) => type))].toSorted()).toEqual(Object.keys(events).toSorted());
  expect(happenings.length).toBeGreaterThanOrEqual(600);
  expect(happenings.length).toBeLessThanOrEqual(900);
});

test('a day is the same at every run', () => {
  expect(dayOfPayments()).toEqual(dayOfPayments());
  expect(dayOfPayments(1)).not.toEqual(dayOfPayments(2));
});

test('a day is in order, from opening to closing time', () => {
  const { happenings, opensAt, closesAt } = dayOfPayments();
  const times = happenings.map(({ time }) => time.getTime());
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(times[0]).toBeGreaterThan(opensAt);
  expect(happenings.findLastIndex(({ type }) => type !== 'payment.day.closed')).toBe(happenings.length - 2);
  expect(times.at(-1)).toBe(closesAt);
});

test('nobody gets back more than was paid', () => {
  const paid = new Map<string, number>();
  for (const { type, data } of dayOfPayments().happenings) {
    if (type === 'payment.transaction.succeeded') paid.set(data.payment_id, data.amount);
    if (type !== 'payment.transaction.refunded') continue;
    expect(data.refund_amount ?? 0).toBeLessThanOrEqual(paid.get(data.payment_id) ?? -1);
  }
});
