import { describe, expect, it } from 'vitest';
import type { EventIssue } from '../errors/invalid-event-error.ts';
import { jsonIssues } from '../codec/json-safe.ts';
import type { EventDefinition, EventDefinitions } from './event-definition.ts';
import { keyProblem, topicOf, typeProblem } from './names.ts';
import { exampleOf, jsonSchemaOf, paymentEvents, type PaymentEvents } from './payment-events.ts';
import { validate } from './validate.ts';

const types = Object.keys(paymentEvents) as (keyof PaymentEvents)[];
const definitions = paymentEvents as unknown as EventDefinitions;

function definitionOf(type: keyof PaymentEvents): EventDefinition<unknown> {
  const definition = definitions[type];
  if (definition === undefined) throw new Error(`no definition of ${type}`);
  return definition;
}

function issuesOf(type: keyof PaymentEvents, data: unknown): readonly EventIssue[] {
  const result = validate(definitionOf(type), data);
  if (result instanceof Promise) throw new Error(`${type} has a schema that is not synchronous`);
  return 'issues' in result ? result.issues : [];
}

describe('the catalogue', () => {
  it('has the nineteen payment events', () => {
    expect(types).toHaveLength(19);
    expect(types.filter((type) => typeProblem(type) !== undefined)).toEqual([]);
    expect([...new Set(types.map(topicOf))]).toEqual([
      'customer',
      'method',
      'subscription',
      'transaction',
      'invoice',
      'usage',
    ]);
  });

  it('cannot be changed', () => expect(Object.isFrozen(paymentEvents)).toBe(true));

  describe.each(types)('%s', (type) => {
    it('has a valid example that can travel', () => {
      expect(issuesOf(type, exampleOf(type))).toEqual([]);
      expect(jsonIssues(exampleOf(type))).toEqual([]);
    });

    it('gives a fresh example each time', () => {
      expect(exampleOf(type)).not.toBe(exampleOf(type));
      expect(exampleOf(type)).toEqual(exampleOf(type));
    });

    it('has a key that can travel', () =>
      expect(keyProblem(definitionOf(type).key?.(exampleOf(type)))).toBeUndefined());

    it('passes fields on that it does not know', () => {
      const data = { ...exampleOf(type), added_later: { by: ['a', 'newer', 'producer'] } };
      expect(validate(definitionOf(type), data)).toEqual({ value: data });
    });

    it('refuses what is not an object, and an empty one', () => {
      for (const data of [null, 'text', [], {}, undefined]) expect(issuesOf(type, data)).not.toEqual([]);
    });

    it('has a JSON Schema that requires what the schema requires', () => {
      const { required } = jsonSchemaOf(type);
      for (const field of Object.keys(exampleOf(type))) {
        const without = { ...exampleOf(type), [field]: undefined };
        expect(required).toEqual(
          issuesOf(type, without).length > 0 ? expect.arrayContaining([field]) : expect.not.arrayContaining([field]),
        );
      }
    });
  });

  it('has a JSON Schema for producers in other languages', async () => {
    await expect(`${JSON.stringify(jsonSchemaOf('payment.transaction.refunded'), null, 2)}\n`).toMatchFileSnapshot(
      './golden/transaction-refunded.schema.txt',
    );
  });
});

describe('the smallest useful event', () => {
  it.each([
    ['payment.customer.deleted', { customer_id: 'cus_1' }],
    ['payment.customer.updated', { customer_id: 'cus_1' }],
    ['payment.method.created', { payment_method_id: 'pm_1', customer_id: 'cus_1' }],
    ['payment.subscription.renewed', { subscription_id: 'sub_1' }],
    ['payment.transaction.succeeded', { payment_id: 'pay_1', amount: 4999, currency: 'EUR' }],
    ['payment.transaction.failed', { payment_id: 'pay_1', amount: 0, currency: 'JPY' }],
    ['payment.invoice.paid', { invoice_id: 'inv_1', customer_id: 'cus_1', amount_due: -1, currency: 'EUR' }],
    ['payment.usage.recorded', { subscription_id: 'sub_1', quantity: 0.5 }],
  ] as const)('of %s is valid', (type, data) => expect(issuesOf(type, data)).toEqual([]));

  it.each([
    [
      'payment.subscription.canceled',
      { subscription_id: 's', cancel_at_period_end: false, canceled_at: '2026-11-23T09:00:36.165575' },
    ],
    [
      'payment.transaction.refunded',
      { payment_id: 'p', refund_amount: null, currency: 'EUR', provider: 'stripe', provider_refund_id: null },
    ],
    [
      'payment.usage.recorded',
      { subscription_id: 's', quantity: 3, timestamp: '2026-11-23T09:00:36', description: null },
    ],
    ['payment.customer.updated', { customer_id: 'c', updates: { email: 'x', meta_info: { a: null } } }],
  ] as const)('of %s is what the Python library writes', (type, data) => expect(issuesOf(type, data)).toEqual([]));
});

describe('an amount', () => {
  const withAmount = (amount: unknown, currency: unknown = 'EUR') =>
    issuesOf('payment.transaction.succeeded', { payment_id: 'pay_1', amount, currency });

  it.each([0, 1, 4999, Number.MAX_SAFE_INTEGER])('may be %j', (amount) => expect(withAmount(amount)).toEqual([]));
  it.each([49.99, -1, 2 ** 53, Number.NaN, '4999', null, undefined])('may not be %j', (amount) =>
    expect(withAmount(amount)).toMatchObject([{ path: 'data.amount', message: expect.stringMatching(/^must /) }]),
  );
  it.each(['EUR', 'JPY', 'BHD', 'CLF', 'XCG'])('may be in %s', (currency) =>
    expect(withAmount(1, currency)).toEqual([]),
  );
  it.each(['eur', 'EURO', 'DEM', 'XXX', 'XAU', '', 'toString', 978, null])('may not be in %j', (currency) =>
    expect(withAmount(1, currency)).toMatchObject([
      { path: 'data.currency', message: expect.stringMatching(/^must /) },
    ]),
  );
});

it('says of each issue where and why, never what was there', () => {
  const secret = 'secret-4242424242424242';
  for (const type of types) {
    const broken = Object.fromEntries(Object.keys(exampleOf(type)).map((field) => [field, { [secret]: secret }]));
    for (const data of [broken, secret, [secret]]) expect(JSON.stringify(issuesOf(type, data))).not.toContain('4242');
  }
});
