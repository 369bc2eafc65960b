import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeTable, safeText, safeValue } from './safe-table.ts';

// The client's own, which it does not export: what it reads and cannot write again is what matters here.
const require = createRequire(import.meta.url);
const { encodeTable, decodeFields } = require(join(dirname(require.resolve('amqplib')), 'lib/codec.js')) as {
  encodeTable(buffer: Buffer, table: object, offset: number): number;
  decodeFields(slice: Buffer): Record<string, unknown>;
};

const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 10 }).map((bytes) => Buffer.from(bytes)),
    fc.record({
      '!': fc.constantFrom('timestamp', 'decimal', 'double', 'nonsense'),
      value: fc.oneof(fc.double(), fc.string()),
    }),
    fc.constant({ '!': 'decimal', value: { places: 2, digits: 1_999 } }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 8 }), tie('value'), { maxKeys: 4 }),
  ),
})).value;

function written(table: Record<string, unknown>): Record<string, unknown> {
  const buffer = Buffer.alloc(1 << 20);
  const size = encodeTable(buffer, table, 0);
  return decodeFields(buffer.subarray(4, size));
}

test('the client can write whatever it may have read', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 300 }), values), (table) => void written(safeTable(table))),
  );
});

test('what was read and written once is the same when it is read again', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 20 }), values), (table) => {
      const once = written(safeTable(table));
      expect(written(safeTable(once))).toEqual(once);
    }),
  );
});

test('a short string is cut at a character when it has grown too long', () => {
  expect(Buffer.byteLength(safeText('é'.repeat(200)) ?? '')).toBeLessThanOrEqual(255);
  expect(safeText('é'.repeat(100))).toBe('é'.repeat(100));
  expect(safeText(7)).toBeUndefined();
});

test('what is nested so deep that writing it would exhaust the stack is cut off', () => {
  const lists = (depth: number) => {
    let value: unknown = 'inmost';
    for (let level = 0; level < depth; level += 1) value = [value];
    return value;
  };
  const tables = (depth: number) => {
    let value: unknown = 'inmost';
    for (let level = 0; level < depth; level += 1) value = { a: value };
    return value;
  };
  expect(safeTable({ a: lists(100) })).toEqual({ a: lists(100) });
  for (const nested of [lists(30_000), tables(30_000)]) {
    const safe = safeTable({ kept: 'yes', nested });
    expect(safe['kept']).toBe('yes');
    expect(() => void written(safe)).not.toThrow();
    expect(() => JSON.stringify(safeValue(nested))).not.toThrow();
  }
});
