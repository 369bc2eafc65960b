import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createIdTable, hashOf } from './id-table.ts';

test('knows every id it was given and no other, whatever the ids look like', () => {
  for (const name of [(index: number) => `m${index}`, (index: number) => 'x'.repeat(index), () => randomUUID()]) {
    const ids = Array.from({ length: 1_000 }, (_, index) => name(index));
    const table = createIdTable();
    ids.forEach((id, index) => table.add(id, hashOf(id), index));
    ids.forEach((id, index) => expect(table.storedAt(id, hashOf(id))).toBe(index));
    for (const id of ids) expect(table.storedAt(`${id}!`, hashOf(`${id}!`))).toBeUndefined();
    expect(table.size).toBe(ids.length);
    table.clear();
    for (const id of ids) expect(table.storedAt(id, hashOf(id))).toBeUndefined();
  }
});

test('two ids of one hash are two ids', () => {
  const table = createIdTable();
  table.add('a', 7, 1);
  expect(table.storedAt('b', 7)).toBeUndefined();
  table.add('b', 7, 2);
  expect([table.storedAt('a', 7), table.storedAt('b', 7)]).toEqual([1, 2]);
});

test('ids that differ in one character do not crowd together', () => {
  const slots = new Set(Array.from({ length: 10_000 }, (_, index) => hashOf(`payment-${index}`) & 0xffff));
  expect(slots.size).toBeGreaterThan(8_500);
});
