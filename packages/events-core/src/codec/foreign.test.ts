import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AmountFields } from '../events/event-definition.ts';
import { idProblem } from '../events/names.ts';
import { convertForeignAmounts, foreignId, type ForeignAmounts } from './foreign.ts';
import { jsonCodec } from './json-codec.ts';

const amounts: AmountFields = { fields: ['amount', 'fee'], currency: 'currency' };

function convert(data: string, mode: ForeignAmounts | undefined): ReturnType<typeof convertForeignAmounts> {
  const body = `{"event_type":"shop.order.paid","timestamp":"2026-11-23T09:00:36Z","data":${data}}`;
  return convertForeignAmounts(jsonCodec.decode(new TextEncoder().encode(body)), amounts, mode);
}

/** What an amount in major units becomes, or why not. */
function inMinorUnits(text: string, currency: string): unknown {
  const result = convert(`{"amount":${text},"currency":"${currency}"}`, 'major');
  return 'error' in result ? result.error.issues : (result.data as { amount: unknown }).amount;
}

/** `digits` with its point moved `places` to the left, as a person would write it. */
function withPoint(integer: number, places: number): string {
  const digits = String(Math.abs(integer)).padStart(places + 1, '0');
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return integer < 0 ? `-${text}` : text;
}

describe('the id of a foreign event', () => {
  const body = new TextEncoder().encode('{}');

  it('is the same each time', () => {
    expect(foreignId(body, '7')).toBe('foreign-81574b81603f42288692c6059c5e712f');
    expect(foreignId(body)).toBe(foreignId(Uint8Array.from(body)));
  });

  it('differs by position and by body', () => {
    const ids = [
      foreignId(body),
      foreignId(body, '1'),
      foreignId(body, '2'),
      foreignId(new TextEncoder().encode('{} '), '1'),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  it('can travel', () => expect(idProblem(foreignId(body))).toBeUndefined());
});

describe('foreign amounts', () => {
  it('whose unit nobody stated are refused with the name of the option', () => {
    const result = convert('{"amount":49.99,"fee":null,"currency":"EUR"}', undefined);
    expect(result).toMatchObject({ error: { eventType: 'shop.order.paid', issues: [{ path: 'data.amount' }] } });
    expect('error' in result && result.error.message).toMatch(
      /foreign: { amounts: 'minor' }.*foreign: { amounts: 'major' }/,
    );
    expect('error' in result && result.error.message).not.toContain('{"amount":49.99');
  });

  it.each(['{}', '{"amount":null,"currency":"EUR"}', '{"other":1}', 'null', '[1]', '"x"'])(
    'that are not there need no statement: %s',
    (data) => {
      for (const mode of [undefined, 'minor', 'major'] as const)
        expect(convert(data, mode)).toEqual({ data: JSON.parse(data) });
    },
  );

  it('in minor units stay as they are', () => {
    expect(convert('{"amount":4999,"currency":"EUR"}', 'minor')).toEqual({ data: { amount: 4999, currency: 'EUR' } });
  });

  it('in major units are converted, each of them, and nothing else', () => {
    expect(convert('{"amount":49.99,"fee":0.5,"tax":19.5,"currency":"EUR"}', 'major')).toEqual({
      data: { amount: 4999, fee: 50, tax: 19.5, currency: 'EUR' },
    });
  });

  it.each([
    ['49.99', 'EUR', 4999],
    ['19.99', 'EUR', 1999],
    ['1.1', 'EUR', 110],
    ['0.29', 'EUR', 29],
    ['1e2', 'EUR', 10_000],
    ['1.5E+1', 'EUR', 1500],
    ['19.990', 'EUR', 1999],
    ['-19.99', 'EUR', -1999],
    ['0', 'EUR', 0],
    ['0.000', 'JPY', 0],
    ['500', 'JPY', 500],
    ['500.0', 'JPY', 500],
    ['1.234', 'BHD', 1234],
    ['1.2345', 'CLF', 12_345],
    ['90071992547409.9', 'EUR', 9_007_199_254_740_990],
  ])('%s %s is exactly %i', (text, currency, amount) => expect(inMinorUnits(text, currency)).toBe(amount));

  it.each([
    ['19.999', 'EUR', 'is not rounded'],
    ['0.001', 'EUR', 'is not rounded'],
    ['500.5', 'JPY', 'is not rounded'],
    ['1e-300', 'EUR', 'is not rounded'],
    ['90071992547409.92', 'EUR', 'beyond'],
    ['9007199254740991', 'EUR', 'beyond'],
    ['"49.99"', 'EUR', 'must be a number'],
    ['{}', 'EUR', 'must be a number'],
  ])('%s %s is refused: %s', (text, currency, reason) => {
    expect(inMinorUnits(text, currency)).toEqual([{ path: 'data.amount', message: expect.stringContaining(reason) }]);
  });

  it.each(['eur', 'XXX', 'DEM', '', 'constructor'])('in the currency %j cannot be converted', (currency) => {
    expect(inMinorUnits('1', currency)).toEqual([
      { path: 'data.currency', message: 'must be an active ISO 4217 code' },
    ]);
  });

  it('without a currency cannot be converted', () => {
    expect(convert('{"amount":1}', 'major')).toMatchObject({ error: { issues: [{ path: 'data.currency' }] } });
  });

  const currencies = fc.constantFrom(
    ['JPY', 0] as const,
    ['EUR', 2] as const,
    ['BHD', 3] as const,
    ['CLF', 4] as const,
  );
  // Fifteen digits: what any JSON library writes and reads without loss.
  const integers = fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 });

  it('come out as the digits that went in', () => {
    fc.assert(
      fc.property(integers, currencies, (amount, [code, exponent]) => {
        expect(inMinorUnits(withPoint(amount, exponent), code)).toBe(amount === 0 ? 0 : amount);
      }),
      { numRuns: 1_000, seed: 1 },
    );
  });

  it('are refused for one digit too many, unless it is a zero', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999_999 }), currencies, (amount, [code, exponent]) => {
        const result = inMinorUnits(withPoint(amount, exponent + 1), code);
        if (amount % 10 === 0) expect(result).toBe(amount / 10);
        else expect(result).toMatchObject([{ message: expect.stringContaining('not rounded') }]);
      }),
      { numRuns: 1_000, seed: 1 },
    );
  });
});
