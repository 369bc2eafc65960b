import { describe, expect, test } from 'vitest';
import { check, type Evidence, type Published } from './check.ts';

const time = new Date(0);
const payment = { payment_id: 'pay_1', amount: 4999, currency: 'EUR' };
const published: readonly Published[] = [
  { id: '1', time, type: 'payment.transaction.succeeded', data: payment },
  { id: '2', time, type: 'payment.transaction.succeeded', data: { ...payment, payment_id: 'pay_2', amount: 1000 } },
  {
    id: '3',
    time,
    type: 'payment.transaction.refunded',
    data: { payment_id: 'pay_1', refund_amount: 1500, currency: 'EUR' },
  },
  {
    id: '4',
    time,
    type: 'payment.transaction.refunded',
    data: { payment_id: 'pay_2', refund_amount: null, currency: 'EUR' },
  },
  { id: '5', time, type: 'payment.day.closed', data: { date: '1970-01-01', totals: { EUR: 3499 } } },
];
const evidence: Evidence = {
  published,
  groups: [
    {
      name: 'ledger',
      wants: (type) => type.startsWith('payment.transaction.'),
      handled: new Set(['1', '2', '3', '4']),
    },
  ],
  ledger: new Map([['EUR', 3499]]),
  deadLetters: 0,
};

function failuresOf(changes: Partial<Evidence>): readonly string[] {
  return check({ ...evidence, ...changes }).flatMap(({ holds, subject }) => (holds ? [] : [subject]));
}

describe('the check at the end of the demo', () => {
  test('passes when everything adds up', () => {
    expect(failuresOf({})).toEqual([]);
  });

  test.each([3498, 3500, 0])('fails when the ledger holds %i minor units instead of 3499', (amount) => {
    expect(failuresOf({ ledger: new Map([['EUR', amount]]) })).toEqual(['EUR']);
  });

  test('fails when the ledger has money nobody paid, in another currency', () => {
    expect(
      failuresOf({
        ledger: new Map([
          ['EUR', 3499],
          ['JPY', 1],
        ]),
      }),
    ).toEqual(['JPY']);
  });

  test('fails when a published event is handled by nobody, even if the money is right', () => {
    const [group] = evidence.groups;
    expect(failuresOf({ groups: [{ ...group!, handled: new Set(['1', '2', '3']) }] })).toEqual(['ledger']);
  });

  test('does not count what was handled and never published', () => {
    const [group] = evidence.groups;
    expect(failuresOf({ groups: [{ ...group!, handled: new Set(['1', '2', '3', 'x']) }] })).toEqual(['ledger']);
  });

  test('fails when billing announced another total', () => {
    const closing = {
      id: '5',
      time,
      type: 'payment.day.closed',
      data: { date: '1970-01-01', totals: { EUR: 1 } },
    } as const;
    expect(failuresOf({ published: [...published.slice(0, -1), closing] })).toEqual(['EUR']);
  });

  test('fails when a dead letter is left', () => {
    expect(failuresOf({ deadLetters: 1 })).toEqual(['dead letters']);
  });
});
