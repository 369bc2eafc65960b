import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { compilePattern, parsePattern, typesMatching } from './pattern.ts';
import { paymentEvents } from './payment-events.ts';

const types = Object.keys(paymentEvents);

/** The definition, word by word: row by row of a table, with nothing clever in it. */
function referenceMatch(pattern: readonly string[], words: readonly string[]): boolean {
  const table = Array.from({ length: pattern.length + 1 }, () => Array<boolean>(words.length + 1).fill(false));
  const at = (row: number, column: number) => table[row]?.[column] ?? false;
  const set = (row: number, column: number, value: boolean) => {
    const cells = table[row];
    if (cells !== undefined) cells[column] = value;
  };
  for (let p = 0; p <= pattern.length; p += 1) {
    for (let w = 0; w <= words.length; w += 1) {
      const word = pattern[p - 1];
      if (p === 0) set(p, w, w === 0);
      else if (word === '#') set(p, w, at(p - 1, w) || at(p, w - 1));
      else set(p, w, w > 0 && (word === '*' || word === words[w - 1]) && at(p - 1, w - 1));
    }
  }
  return at(pattern.length, words.length);
}

describe('a pattern', () => {
  it.each([
    ['payment.transaction.succeeded', ['payment.transaction.succeeded']],
    ['payment.usage.*', ['payment.usage.recorded']],
    ['*.method.*', ['payment.method.created', 'payment.method.updated', 'payment.method.deleted']],
    ['#.payment_failed', ['payment.invoice.payment_failed']],
    ['payment.#.usage.#.recorded', ['payment.usage.recorded']],
    ['payment.usage.recorded.#', ['payment.usage.recorded']],
    ['payment.*', []],
    ['payment.*.*.*', []],
    ['#', types],
    ['payment.#', types],
    ['#.#.#', types],
  ])('%s selects the types it should', (pattern, selected) => {
    expect(typesMatching(pattern, types)).toEqual(selected);
  });

  it('selects what the definition selects', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    const pattern = fc.array(fc.constantFrom('a', 'b', '*', '#'), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pattern, fc.array(word, { minLength: 1, maxLength: 10 }), (patternWords, words) => {
        expect(compilePattern(patternWords.join('.'))(words.join('.'))).toBe(referenceMatch(patternWords, words));
      }),
      { numRuns: 5_000, seed: 1 },
    );
  });

  it('answers at once for a type of a million words and a pattern of a hundred wildcards', () => {
    const matches = compilePattern(`${'#.a.'.repeat(49)}b`);
    expect(matches('a.'.repeat(1_000_000))).toBe(false);
  });

  it('treats types that are names of object properties like any other', () => {
    expect(compilePattern('*.constructor')('a.constructor')).toBe(true);
    expect(compilePattern('payment.constructor')('payment.toString')).toBe(false);
  });

  it.each([
    ['', 'must be words'],
    ['.', 'must be words'],
    ['payment..paid', 'must be words'],
    ['payment.invoice.', 'must be words'],
    ['Payment.invoice.paid', 'must be words'],
    ['payment.inv*.paid', 'whole words'],
    ['payment.##', 'whole words'],
    ['payment.>', 'must be words'],
    [`a.${'b'.repeat(200)}`, 'at most 200 characters'],
  ])('outside the grammar is refused: %s', (pattern, reason) => {
    expect(() => parsePattern(pattern)).toThrow(ConfigurationError);
    expect(() => parsePattern(pattern)).toThrow(reason);
  });

  it('that is no text is refused', () => {
    expect(() => compilePattern(undefined as unknown as string)).toThrow('must be a string');
  });
});
