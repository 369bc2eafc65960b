import { z } from 'zod';
import { currencyExponent } from './currency.ts';
import { keyProblem } from './names.ts';

/** The id of a thing, also the key of its events. */
export const identifier = z
  .string({ error: 'must be a string' })
  .refine((text) => keyProblem(text) === undefined, {
    error: 'must have 1 to 255 bytes of well-formed UTF-8 without control characters',
  })
  .meta({ minLength: 1, maxLength: 255 });

export const text = z.string({ error: 'must be a string' });

/** An amount of money. Zero is an amount: a card check, a free trial. */
export const amount = z
  .int({ error: 'must be a whole number of minor units within ±(2^53 − 1): 4999 for 49.99 EUR' })
  .meta({ description: "Amount in the currency's minor unit (cents)." });

/** For amounts whose sign would contradict the event: a succeeded payment of −5 is a bug at its source. */
export const unsignedAmount = amount.min(0, { error: 'must not be negative' });

export const currency = z
  .string({ error: 'must be a string' })
  .refine((code) => currencyExponent(code) !== undefined, {
    error: 'must be an active ISO 4217 code in upper case, such as EUR',
  })
  .meta({ pattern: '^[A-Z]{3}$', description: 'Active ISO 4217 code.' });

/** The Python library writes times without an offset, in UTC; every other producer should send one. */
export const instant = z.iso
  .datetime({ offset: true, local: true, error: 'must be an ISO 8601 date and time, such as 2026-11-23T09:00:36Z' })
  .meta({ description: 'ISO 8601 date and time. UTC where it has no offset.' });

export const flag = z.boolean({ error: 'must be true or false' });
