import { expect, test } from 'vitest';
import { holderLabels, isGone, noHolderLabels } from './holder.ts';

const mine = holderLabels();
const gone = { ...mine, 'payments-events.process': String(2 ** 22 + 1) };

test('a process that lives is not gone, and one that does not is', () => {
  expect(isGone(mine)).toBe(false);
  expect(isGone(gone)).toBe(true);
});

test('a process that has the number of one that is gone is another', () => {
  expect(isGone({ ...mine, 'payments-events.since': '1' })).toBe(true);
});

test('before the last start of this machine nothing was that still lives', () => {
  expect(isGone({ ...mine, 'payments-events.boot': 'before' })).toBe(true);
});

test('of other machines, other process namespaces and other containers nothing is known', () => {
  expect(isGone({ ...gone, 'payments-events.host': 'another' })).toBe(false);
  expect(isGone({ ...gone, 'payments-events.processes': 'another' })).toBe(false);
  expect(isGone({})).toBe(false);
});

test('what carries the labels of an image only is held by nobody, and the image names every label', () => {
  expect(Object.keys(noHolderLabels)).toEqual(Object.keys(mine));
  expect(isGone(noHolderLabels)).toBe(false);
});
