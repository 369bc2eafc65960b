import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCarriedExactly, parseDecimal, scaledInteger } from './decimal.ts';

describe('a decimal', () => {
  it.each([
    ['0', { negative: false, digits: '', exponent: 0 }],
    ['-0.00e9', { negative: false, digits: '', exponent: 0 }],
    ['1200', { negative: false, digits: '12', exponent: 2 }],
    ['-0.0120', { negative: true, digits: '12', exponent: -3 }],
    ['1.2e+5', { negative: false, digits: '12', exponent: 4 }],
  ])('%s is read digit for digit', (text, decimal) => expect(parseDecimal(text)).toEqual(decimal));

  it.each(['', 'x', '.5', '1.', '0x1', '1e', 'NaN', 'Infinity', '1_000', ' 1'])('%j is none', (text) =>
    expect(parseDecimal(text)).toBeUndefined(),
  );

  it('is carried exactly where JavaScript wrote it itself', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(isCarriedExactly(String(number))).toBe(!Number.isInteger(number) || Number.isSafeInteger(number));
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  it('becomes an integer exactly where BigInt agrees', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        (value, power, places) => {
          const decimal = parseDecimal(`${value}e-${power}`);
          const scaled = value * 10n ** BigInt(places);
          const divisor = 10n ** BigInt(power);
          const exact = scaled / divisor;
          const expected =
            scaled % divisor !== 0n
              ? 'fraction'
              : exact > BigInt(Number.MAX_SAFE_INTEGER) || exact < -BigInt(Number.MAX_SAFE_INTEGER)
                ? 'too-large'
                : Number(exact);
          expect(decimal === undefined ? undefined : scaledInteger(decimal, places)).toBe(expected);
        },
      ),
      { numRuns: 2_000, seed: 1 },
    );
  });

  it('of any exponent costs nothing', () => {
    for (const text of ['1e999999999', '1e-999999999', `1e${'9'.repeat(1_000)}`, `1e-${'9'.repeat(1_000)}`]) {
      const decimal = parseDecimal(text);
      expect(decimal === undefined ? undefined : scaledInteger(decimal, 2)).toBe(
        text.includes('-') ? 'fraction' : 'too-large',
      );
    }
  });
});
