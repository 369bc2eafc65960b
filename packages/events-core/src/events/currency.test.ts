import { describe, expect, it } from 'vitest';
import { currencyExponent } from './currency.ts';

describe('the exponent of a currency', () => {
  it.each([
    ['JPY', 0],
    ['UYI', 0],
    ['EUR', 2],
    ['MGA', 2],
    ['ZWG', 2],
    ['BHD', 3],
    ['CLF', 4],
    ['UYW', 4],
  ])('of %s is %i', (code, exponent) => expect(currencyExponent(code)).toBe(exponent));

  it.each(['', 'eur', 'EU', 'DEM', 'BGN', 'XXX', 'XTS', 'XAU', 'constructor'])('of %j is not known', (code) =>
    expect(currencyExponent(code)).toBeUndefined(),
  );
});
