import { expect, test } from 'vitest';
import type { ConsumerEntry } from './entries.ts';
import { stalls } from './stalls.ts';

const run = (key: string, ms: number, kind: ConsumerEntry['kind'] = 'handled'): ConsumerEntry => ({
  kind,
  id: `${key}-${ms}`,
  key,
  number: 1,
  group: 'g',
  attempt: 1,
  at: ms * 1_000,
});

const steps = [
  { name: 'one joins', at: 0 },
  { name: 'one is killed', at: 1_000_000 },
  { name: 'end', at: 2_000_000 },
];

test('the key that waited longest says how long a step has lasted', () => {
  const steady = Array.from({ length: 20 }, (_, index) => run('a', 100 * index + 50));
  const halted = [run('b', 100), run('b', 300), run('b', 980), run('b', 1_700)];
  expect(stalls([...steady, ...halted], 'g', steps)).toEqual({ 'one joins': 680, 'one is killed': 700 });
});

test('what only began, and what another group did, moves nothing on', () => {
  const runs = [run('a', 500), run('a', 1_500), run('a', 1_200, 'began'), { ...run('a', 1_100), group: 'other' }];
  expect(stalls(runs, 'g', steps)).toEqual({ 'one joins': 500, 'one is killed': 500 });
});
