import { expect, test } from 'vitest';
import type { ConsumerEntry } from './entries.ts';
import { repeats } from './repeats.ts';

const group = 'g';
const handled = (id: string, ms: number, kind: ConsumerEntry['kind'] = 'handled'): ConsumerEntry => ({
  kind,
  id,
  key: 'a',
  number: 1,
  group,
  attempt: 1,
  at: ms * 1_000,
});

test('what each event was handled once for is nobody to blame for, nor what another group did', () => {
  const elsewhere = { ...handled('1', 5), group: 'other' };
  const members = [
    { name: 'one', entries: [handled('1', 1), elsewhere] },
    { name: 'two', entries: [handled('2', 2)] },
  ];
  expect(repeats(members, group, 1_000)).toEqual({ byKill: {}, unexplained: [] });
});

test('a kill excuses what was handled shortly before it, and is charged for it', () => {
  const members = [
    { name: 'one', entries: [handled('1', 500), handled('2', 900)], killedAt: 1_000_000 },
    { name: 'two', entries: [handled('1', 2_000), handled('2', 2_001)] },
  ];
  expect(repeats(members, group, 1_000)).toEqual({ byKill: { one: 2 }, unexplained: [] });
  expect(repeats(members, group, 300)).toEqual({
    byKill: { one: 1 },
    unexplained: ['1 was handled by one, then by two'],
  });
});

test('one that left in peace excuses nothing, nor does a kill long after', () => {
  const members = [
    { name: 'one', entries: [handled('1', 500)] },
    { name: 'two', entries: [handled('1', 2_000)], killedAt: 9_000_000 },
  ];
  expect(repeats(members, group, 1_000).unexplained).toEqual(['1 was handled by one, then by two']);
});

test('a kill excuses the retry that the killed process had stored, and the one that was stored again', () => {
  const members = [
    { name: 'one', entries: [handled('1', 900, 'began')], killedAt: 1_000_000 },
    { name: 'two', entries: [handled('1', 2_000, 'began'), handled('1', 2_100), handled('1', 2_200)] },
  ];
  expect(repeats(members, group, 1_000)).toEqual({ byKill: { one: 1 }, unexplained: [] });
});
