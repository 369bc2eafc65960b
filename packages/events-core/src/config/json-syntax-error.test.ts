import { describe, expect, it } from 'vitest';
import { jsonSyntaxError } from './json-syntax-error.ts';

describe('a text that is long or deep', () => {
  it.each([
    ['brackets', '{"messaging":' + '['.repeat(100_000), 100_014],
    ['objects', '{"a":'.repeat(100_000), 500_001],
    ['a string', `{"messaging":"${'x'.repeat(20_000_000)}\u0001"}`, 14],
    ['a string of escapes', `{"messaging":"${String.raw`\n`.repeat(1_000_000)}`, 14],
    ['digits', '1'.repeat(5_000_000) + 'x', 5_000_001],
    ['blanks', ' '.repeat(20_000_000), 20_000_001],
  ])('costs no stack: %s', (_, text, column) => {
    expect(jsonSyntaxError(text)).toEqual({ line: 1, column });
  });
});

describe('the place where a text stops being JSON', () => {
  it.each([
    ['', 1, 1],
    ['nonsense', 1, 1],
    ['{', 1, 2],
    ['{"a": 1,}', 1, 9],
    ['{"a": 1 "b": 2}', 1, 9],
    ['{"a" 1}', 1, 6],
    ["{'a': 1}", 1, 2],
    ['[1, 2', 1, 6],
    ['[1, , 2]', 1, 5],
    ['{"a": tru}', 1, 7],
    ['{"a": 01}', 1, 8],
    ['{"a": "unended}', 1, 7],
    ['{"a": "bad \\x escape"}', 1, 7],
    ['{\n  "a": {\n    "b": [1, 2}\n  }\n}', 3, 15],
    ['{} // a comment', 1, 4],
    ['[[[], {}], {"a": {}} 1]', 1, 22],
    ['{"a": [], }', 1, 11],
    ['[}', 1, 2],
    ['{"a": []', 1, 9],
  ])('%j', (text, line, column) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonSyntaxError(text)).toEqual({ line, column });
  });
});
