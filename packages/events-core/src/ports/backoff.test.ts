import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test('the limit of a wait doubles with each failure, up to five seconds', () => {
  const longest = [0, 1, 2, 6, 7, 100].map((failures) => Math.round(backoffMs(failures, () => 1)));
  expect(longest).toEqual([50, 100, 200, 3_200, 5_000, 5_000]);
});

test('nobody comes back at once', () => {
  expect(backoffMs(0, () => 0)).toBe(10);
});
