import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonIssues } from './json-safe.ts';

const messageFor = (data: unknown) => jsonIssues({ field: data })[0]?.message;

describe('data that can travel', () => {
  it.each([null, 'text', '\ud800', 0, -1.5, true, [], {}, { a: undefined }, [[{ a: [null] }]], Object.create(null)])(
    'may be %j',
    (data) => expect(jsonIssues(data)).toEqual([]),
  );

  it('may come from another realm', () => expect(jsonIssues(runInNewContext('({ a: [{}] })'))).toEqual([]));

  it('may hold the same object twice', () => {
    const address = { city: 'Berlin' };
    expect(jsonIssues({ billing: address, shipping: address })).toEqual([]);
  });

  it('is whatever JSON says', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => {
        fc.pre(!/e\+|\d{17}|"__proto__":/.test(JSON.stringify(value)));
        expect(jsonIssues(value)).toEqual([]);
      }),
      { seed: 1 },
    );
  });
});

describe('data that cannot travel', () => {
  it.each([
    [1n, 'is a BigInt'],
    [Number.NaN, 'must be a finite number'],
    [Number.POSITIVE_INFINITY, 'must be a finite number'],
    [-Infinity, 'must be a finite number'],
    [2 ** 53, 'beyond ±(2^53 − 1)'],
    [1e300, 'beyond ±(2^53 − 1)'],
    [() => 1, 'is a function'],
    [Symbol('s'), 'is a symbol'],
    [new Date(0), 'send date.toISOString()'],
    [new Map(), 'send Object.fromEntries(map)'],
    [new Set(), 'send [...set]'],
    [Buffer.from('x'), 'holds bytes'],
    [new Float64Array(1), 'holds bytes'],
    [new Error('x'), 'is an instance of a class'],
    [/x/, 'is an instance of a class'],
    [new Number(1), 'is an instance of a class'],
    [Promise.resolve(), 'is an instance of a class'],
    [Object.create({ inherited: 1 }), 'is an instance of a class'],
  ])('%s says what to do', (data, message) => expect(messageFor(data)).toContain(message));

  it('is nothing at all', () =>
    expect(jsonIssues(undefined)).toEqual([{ path: 'data', message: 'must not be undefined' }]));

  it('has undefined, or a hole, in an array', () => {
    const withHole: unknown[] = [1];
    withHole[2] = 3;
    expect(jsonIssues({ items: [undefined] })).toEqual([{ path: 'data.items[0]', message: 'must not be undefined' }]);
    expect(jsonIssues(withHole)).toEqual([{ path: 'data[1]', message: 'must not be undefined' }]);
  });

  it('contains itself', () => {
    const cyclic: Record<string, unknown> = { a: {} };
    cyclic['a'] = [cyclic];
    expect(jsonIssues(cyclic)).toEqual([{ path: 'data.a[0]', message: 'contains itself' }]);
  });

  it('has 65 levels, not 64', () => {
    const nested = (levels: number): unknown => (levels === 1 ? [] : [nested(levels - 1)]);
    expect(jsonIssues(nested(64))).toEqual([]);
    expect(jsonIssues(nested(65))[0]?.message).toBe('is nested deeper than 64 levels');
  });

  it('grows at each level until nothing could hold it', () => {
    let data: unknown = [];
    for (let level = 1; level < 60; level += 1) data = [data, data];
    expect(jsonIssues(data)[0]?.message).toContain('values an event may have');
  });

  it('has a key that could change a prototype', () => {
    expect(jsonIssues(JSON.parse('{"a":{"__proto__":{}}}'))).toEqual([
      { path: 'data.a.__proto__', message: expect.stringContaining('must not be a key') },
    ]);
  });

  it('is told by place and reason, never by value', () => {
    const items = [{}, {}, {}, { amount: 4_242_424_242_424_242_424_242n }];
    expect(jsonIssues({ items })).toEqual([
      { path: 'data.items[3].amount', message: 'is a BigInt: send a safe integer, or a string' },
    ]);
  });

  it('is told at ten places at most', () => expect(jsonIssues(Array(1_000).fill(1n))).toHaveLength(10));
});
