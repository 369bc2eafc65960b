import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { paymentEvents } from './payment-events.ts';
import { validate } from './validate.ts';

/** A schema of any library, as the standard describes it. */
function schemaThat(judges: StandardSchemaV1.Props['validate']): { readonly schema: StandardSchemaV1 } {
  return { schema: { '~standard': { version: 1, vendor: 'test', validate: judges } } };
}

function refusing(message: string, path?: StandardSchemaV1.Issue['path']): { readonly schema: StandardSchemaV1 } {
  return schemaThat(() => ({ issues: [path === undefined ? { message } : { message, path }] }));
}

describe('validate', () => {
  it('gives what the schema makes of the data', () => {
    const schema = z.object({ at: z.string().transform((text) => new Date(text)) });
    expect(validate({ schema }, { at: '2026-11-23T09:00:36Z' })).toEqual({
      value: { at: new Date('2026-11-23T09:00:36Z') },
    });
  });

  it('leaves the hints of the payment events’ own schemas as they are', () => {
    const data = { payment_id: 'pay_1', amount: 49.99, currency: 'EUR' };
    expect(JSON.stringify(validate(paymentEvents['payment.transaction.succeeded'], data))).toContain(
      '4999 for 49.99 EUR',
    );
  });

  it('answers at once where the schema does', () => {
    expect(validate({ schema: z.string() }, 'text')).not.toBeInstanceOf(Promise);
  });

  it('waits for a schema that looks something up', async () => {
    const schema = z.string().refine(async (text) => text === 'known', { error: 'is not known' });
    const late = validate({ schema }, 'other');
    expect(late).toBeInstanceOf(Promise);
    expect(await late).toEqual({ issues: [{ path: 'data', message: 'is not known' }] });
    expect(await validate({ schema }, 'known')).toEqual({ value: 'known' });
  });

  it('says where each issue is', () => {
    const schema = z.object({ items: z.array(z.object({ 'unit price': z.int() })), id: z.string() });
    expect(validate({ schema }, { items: [{ 'unit price': 1 }, { 'unit price': 'x' }] })).toEqual({
      issues: [
        { path: 'data.items[1]["unit price"]', message: 'Invalid input: expected number, received string' },
        { path: 'data.id', message: 'Invalid input: expected string, received undefined' },
      ],
    });
  });

  it('understands paths of objects', () => {
    expect(validate(refusing('no', [{ key: 'a' }, { key: 0 }]), { a: [1] })).toEqual({
      issues: [{ path: 'data.a[0]', message: 'no' }],
    });
  });

  it('takes a failure without a reason for a failure', () => {
    expect(
      validate(
        schemaThat(() => ({ issues: [] })),
        {},
      ),
    ).toEqual({ issues: [{ path: 'data', message: 'is not valid' }] });
  });

  it.each([
    ['Invalid type: Expected string but received "4242424242424242"', { card: '4242424242424242' }, ['card']],
    ['card must be a string (was 4242424242424242)', { card: 4242424242424242 }, ['card']],
    ['no such card: 4242424242424242, 4242424242424242', { card: { number: '4242424242424242' } }, []],
  ])('hides the values a schema quotes: %s', (message, data, path) => {
    const result = validate(refusing(message, path), data);
    expect(JSON.stringify(result)).not.toContain('4242');
    expect(JSON.stringify(result)).toContain('***');
  });

  it('cuts a message that goes on for ever', () => {
    const result = validate(refusing('x'.repeat(10_000)), {});
    expect('issues' in result && result.issues[0]?.message).toHaveLength(201);
  });
});
