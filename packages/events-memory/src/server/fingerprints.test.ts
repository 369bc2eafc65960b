import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createFingerprints, takeFingerprint } from './fingerprints.ts';

function fingerprintOf(id: string): { high: number; low: number } {
  const fingerprint = { high: 0, low: 0 };
  takeFingerprint(id, fingerprint);
  return fingerprint;
}

const shapes = [
  (index: number) => `m${index}`,
  (index: number) => 'x'.repeat(index),
  (index: number) => `${index % 10}/${Math.trunc(index / 10)}`,
  () => randomUUID(),
];

test('knows every id it was given and no other, whatever the ids look like', () => {
  for (const shape of shapes) {
    const ids = Array.from({ length: 1_000 }, (_, index) => shape(index));
    const known = createFingerprints();
    for (const id of ids) known.add(fingerprintOf(id));
    expect(ids.every((id) => known.has(fingerprintOf(id)))).toBe(true);
    expect(ids.some((id) => known.has(fingerprintOf(`${id}!`)))).toBe(false);
    expect(known.size).toBe(ids.length);
    known.clear();
    expect(ids.some((id) => known.has(fingerprintOf(id)))).toBe(false);
  }
});

test('two of one half are two', () => {
  const known = createFingerprints();
  known.add({ high: 0, low: 7 });
  expect(known.has({ high: 1, low: 7 })).toBe(false);
  known.add({ high: 1, low: 7 });
  known.add({ high: 1, low: -7 });
  expect(known.size).toBe(3);
  expect([0, 1, 2].map((high) => known.has({ high, low: 7 }))).toEqual([true, true, false]);
});

test('ids that differ in one character do not crowd together', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => fingerprintOf(`payment-${index}`));
  for (const half of ['high', 'low'] as const) {
    expect(new Set(ids.map((id) => id[half] & 0xffff)).size).toBeGreaterThan(8_500);
    expect(new Set(ids.map((id) => id[half] >>> 16)).size).toBeGreaterThan(8_500);
  }
});
