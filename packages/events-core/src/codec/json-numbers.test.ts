import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCarriedExactly } from './decimal.ts';
import { hasInexactNumber, numbersInData } from './json-numbers.ts';

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });
const whole = digits(1, 20).map((text) => text.replace(/^0+(?=\d)/, ''));
const fraction = fc.oneof(
  fc.constant(''),
  digits(1, 20).map((text) => `.${text}`),
);
const power = fc.oneof(
  fc.constant(''),
  fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), digits(1, 3)).map((parts) => parts.join('')),
);
/** Any number that JSON allows, most of them near the limits. */
const numberText = fc.tuple(fc.constantFrom('', '-'), whole, fraction, power).map((parts) => parts.join(''));

describe('the search for inexact numbers', () => {
  it('finds with its quick look what a close look finds', () => {
    fc.assert(
      fc.property(numberText, fc.constantFrom('', ' ', '\n\t'), (text, space) => {
        const exact = isCarriedExactly(text);
        expect(hasInexactNumber(`{"n":${text}${space}}`)).toBe(!exact);
        expect(hasInexactNumber(`{"list":[0,${text}${space},"a"]}`)).toBe(!exact);
        expect(hasInexactNumber(`{"text":${JSON.stringify(`{"n":${text}}`)},"n":1e1}`)).toBe(false);
      }),
      { numRuns: 5_000, seed: 1 },
    );
  });
});

describe('the numbers in the data', () => {
  /** What `JSON.parse` itself says of its sources; `context` is newer than the compiler's library. */
  function sourcesAccordingToParse(text: string): Record<string, string> {
    const sources = new Map<unknown, Record<string, string>>();
    const root: unknown = JSON.parse(
      text,
      function (this: unknown, key: string, value: unknown, ...[context]: { source?: string }[]) {
        if (typeof value === 'number') sources.set(this, { ...sources.get(this), [key]: context?.source ?? '' });
        return value;
      },
    );
    return sources.get((root as { data: unknown }).data) ?? {};
  }

  it('are those that JSON.parse reports', () => {
    const key = fc.constantFrom('data', 'amount', 'a"b', 'c\\', '[', ':');
    const value = fc.letrec<{ json: string; number: string; object: string; list: string; text: string }>((tie) => ({
      json: fc.oneof({ maxDepth: 3 }, tie('number'), tie('text'), tie('object'), tie('list')),
      number: numberText,
      text: key.map((text) => JSON.stringify(text)),
      object: fc
        .uniqueArray(fc.tuple(key, tie('json')), { maxLength: 4, selector: ([name]) => name })
        .map((entries) => `{${entries.map(([name, json]) => `${JSON.stringify(name)}: ${json}`).join(',')}}`),
      list: fc.array(tie('json'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    }));
    fc.assert(
      fc.property(value.object, value.json, (data, other) => {
        const text = `{"before":${other},"data":${data},"amount":1,"after":${other}}`;
        expect(Object.fromEntries(numbersInData(text))).toEqual(sourcesAccordingToParse(text));
      }),
      { numRuns: 1_000, seed: 1 },
    );
  });
});
