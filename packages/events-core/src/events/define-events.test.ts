import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { defineEvents } from './define-events.ts';
import { paymentEvents } from './payment-events.ts';
import { unchecked } from './unchecked.ts';
import { validate } from './validate.ts';

/** For calls the compiler refuses. */
const defineAnything = defineEvents as unknown as (custom: Record<string, unknown>) => unknown;

describe('defineEvents', () => {
  const events = defineEvents({
    'payment.custom.event': unchecked<{ custom_id: string }>(),
    'shop.order.placed': {
      schema: z.object({ order_id: z.string(), total: z.int(), currency: z.string() }),
      key: (data) => data.order_id,
      amounts: { fields: ['total'], currency: 'currency' },
    },
  });

  it('keeps the payment events as they are', () => {
    expect(events['payment.invoice.paid']).toBe(paymentEvents['payment.invoice.paid']);
    expect(Object.keys(events)).toHaveLength(21);
  });

  it('takes a bare schema', () => {
    expect(validate(events['payment.custom.event'], { custom_id: '1' })).toEqual({ value: { custom_id: '1' } });
    expect(events['payment.custom.event'].key).toBeUndefined();
  });

  it('takes a schema with key and amounts', () => {
    const order = events['shop.order.placed'];
    expect(order.key?.({ order_id: 'o1', total: 1, currency: 'EUR' })).toBe('o1');
    expect(order.amounts).toEqual({ fields: ['total'], currency: 'currency' });
  });

  it('takes a schema that is a function, as those of ArkType are', () => {
    const schema = Object.assign(() => {}, unchecked<string>());
    expect(validate(defineEvents({ 'a.b': schema })['a.b'], 'x')).toEqual({ value: 'x' });
  });

  it('cannot be changed', () => expect(Object.isFrozen(events)).toBe(true));

  it('refuses to redefine a payment event', () => {
    expect(() => defineAnything({ 'payment.invoice.paid': unchecked() })).toThrow(ConfigurationError);
    expect(() => defineAnything({ 'payment.invoice.paid': unchecked() })).toThrow('cannot be redefined');
  });

  it.each([
    ['Shop.OrderPlaced', 'Did you mean "shop.order_placed"?'],
    ['shop/order-placed', 'Did you mean "shop.order_placed"?'],
    ['shop', 'must be 2 to 8 words'],
    ['payment.payment', 'not "payment"'],
    ['__proto__', 'must be 2 to 8 words'],
  ])('refuses the type %s and says what to do', (type, reason) => {
    const custom = JSON.parse(`{${JSON.stringify(type)}:0}`);
    expect(() => defineAnything(custom)).toThrow(
      expect.objectContaining({ path: `events["${type}"]`, message: expect.stringContaining(reason) }),
    );
  });

  it.each([
    [{}, 'must be a Standard Schema'],
    [null, 'must be a Standard Schema'],
    ['string', 'must be a Standard Schema'],
    [{ schema: {} }, 'must be a Standard Schema'],
    [{ schema: unchecked(), key: 'order_id' }, 'key must be a function'],
    [{ schema: unchecked(), amounts: ['total'] }, 'amounts must be'],
    [{ schema: unchecked(), amounts: { fields: 'total', currency: 'currency' } }, 'amounts must be'],
  ])('refuses the definition %j', (definition, reason) => {
    expect(() => defineAnything({ 'shop.order.placed': definition })).toThrow(reason);
  });
});
