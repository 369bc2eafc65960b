import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Event } from '../events/event.ts';
import { validateEvent } from './validate-event.ts';

const event: Event = { id: 'e1', type: 'shop.order.placed', time: new Date(0), source: '/shop', data: { total: '7' } };

describe('an event’s data', () => {
  it('reaches handlers as its schema returns it', () => {
    const schema = z.object({ total: z.coerce.number(), gift: z.boolean().default(false) });
    expect(validateEvent(event, { schema })).toEqual({ event: { ...event, data: { total: 7, gift: false } } });
  });

  it('is waited for only where its schema is asynchronous', async () => {
    const schema = z.object({ total: z.string().refine(async (total) => total === '7') });
    const validating = validateEvent(event, { schema });
    expect(validating).toBeInstanceOf(Promise);
    expect(await validating).toEqual({ event: { ...event, data: { total: '7' } } });
  });

  it('that does not fit is refused with place and reason, but not its value', () => {
    const result = validateEvent({ ...event, data: { total: 'hunter2' } }, { schema: z.object({ total: z.number() }) });
    expect(result).toHaveProperty('error');
    const text = 'error' in result ? String(result.error) : '';
    expect(text).toContain('The data of shop.order.placed e1 does not fit its schema: data.total ');
    expect(text).not.toContain('hunter2');
  });

  it('whose schema throws is refused: a schema that breaks has not said that the data is valid', () => {
    const validate = () => {
      throw new TypeError('no rates');
    };
    const result = validateEvent(event, { schema: schemaOf(validate) });
    expect('error' in result && String(result.error)).toBe(
      'Error: The schema of shop.order.placed failed on e1: no rates',
    );
  });

  it('whose schema rejects is not refused: what it asks may answer the next time', async () => {
    const validate = () => Promise.reject(new TypeError('no rates'));
    await expect(validateEvent(event, { schema: schemaOf(validate) })).rejects.toThrow('no rates');
  });
});

function schemaOf(validate: StandardSchemaV1['~standard']['validate']): StandardSchemaV1 {
  return { '~standard': { version: 1, vendor: 'test', validate } };
}
