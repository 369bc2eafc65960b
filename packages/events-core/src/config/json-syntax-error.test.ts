import { describe, expect, it } from 'vitest';
import { jsonSyntaxError } from './json-syntax-error.ts';

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
  ])('%j', (text, line, column) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonSyntaxError(text)).toEqual({ line, column });
  });
});
