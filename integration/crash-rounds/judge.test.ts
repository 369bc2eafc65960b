import { expect, test } from 'vitest';
import type { ConsumerEntry, Entry } from './entries.ts';
import { complaints, judge } from './judge.ts';

const group = 'keyed';
const name = (number: number) => ({ id: `a-${number}`, key: 'a', number });

function run(number: number, from: number, to?: number): readonly ConsumerEntry[] {
  const entry = { ...name(number), group, attempt: 1 };
  const began = { ...entry, kind: 'began', at: from } as const;
  return to === undefined ? [began] : [began, { ...entry, kind: 'handled', at: to }];
}

/** Three events of one key, published and acknowledged. */
const published: readonly Entry[] = [1, 2, 3].flatMap((number) => [
  { ...name(number), kind: 'intended' },
  { kind: 'acknowledged', id: name(number).id },
]);

function verdictOn(...runs: readonly (readonly ConsumerEntry[])[]) {
  return judge({ entries: [...published, ...runs.flat()], group, dead: [], inOrder: true });
}

test('nothing is wrong where each event was handled once, in order', () => {
  const verdict = verdictOn(run(1, 0, 1), run(2, 1, 2), run(3, 2, 3));
  expect(complaints(verdict)).toEqual([]);
  expect(verdict.figures).toEqual({ acknowledged: 3, handled: 3, handledAgain: 0 });
});

test('an acknowledged event that nobody handled is lost, even if a handler began with it', () => {
  expect(complaints(verdictOn(run(1, 0, 1), run(2, 1, 2), run(3, 2)))).toEqual(['lost 1: a-3']);
});

test('an event that another group handled is lost to this one', () => {
  const elsewhere = run(3, 2, 3).map((entry) => ({ ...entry, group: 'other' }));
  expect(verdictOn(run(1, 0, 1), run(2, 1, 2), elsewhere).lost).toEqual(['a-3']);
});

test('an event in the dead letters is not lost, and is wrong there unless it was expected', () => {
  const entries = [...published, ...run(1, 0, 1), ...run(3, 2, 3)];
  const evidence = { entries, group, dead: ['a-2'], inOrder: true };
  expect(complaints(judge(evidence))).toEqual(['wronglyDead 1: a-2']);
  expect(complaints(judge({ ...evidence, mayBeDead: ['a-2'] }))).toEqual([]);
});

test('an event that was never acknowledged is not missed', () => {
  const entries: Entry[] = [
    { ...name(1), kind: 'intended' },
    { kind: 'refused', id: 'a-1', code: 'EVENTS_X' },
  ];
  expect(complaints(judge({ entries, group, dead: [], inOrder: true }))).toEqual([]);
});

test('an event that nobody meant to publish is a phantom, handled or dead', () => {
  expect(verdictOn(run(1, 0, 1), run(2, 1, 2), run(3, 2, 3), run(9, 3, 4)).phantom).toEqual(['a-9']);
  expect(judge({ entries: published, group, dead: ['a-9'], inOrder: false }).phantom).toEqual(['a-9']);
});

test('an event that arrived with other contents is changed', () => {
  const other = run(2, 1, 2).map((entry) => ({ ...entry, number: 7 }));
  expect(verdictOn(run(1, 0, 1), other, run(3, 2, 3)).changed).toEqual(['a-2']);
});

test('a later event of a key that began before the earlier one was handled is misordered', () => {
  expect(complaints(verdictOn(run(1, 0, 5), run(2, 4, 6), run(3, 6, 7)))).toEqual([
    'misordered 1: a-2 began before a-1 was handled',
  ]);
  expect(verdictOn(run(2, 0, 1), run(1, 1, 2), run(3, 2, 3)).misordered).toHaveLength(1);
});

test('what began and was never handled holds up the events behind it', () => {
  expect(verdictOn(run(1, 0), run(2, 1, 2), run(3, 2, 3))).toMatchObject({ lost: ['a-1'], misordered: [/a-2/] });
});

test('replays are counted, and are no disorder', () => {
  const verdict = verdictOn(run(1, 0, 1), run(2, 1, 2), run(1, 3, 4), run(2, 4, 5), run(3, 5, 6));
  expect(complaints(verdict)).toEqual([]);
  expect(verdict.figures.handledAgain).toBe(2);
});

test('order is not asked of a group that was not promised it', () => {
  const entries = [...published, ...run(2, 0, 1), ...run(1, 1, 2), ...run(3, 2, 3)];
  expect(complaints(judge({ entries, group, dead: [], inOrder: false }))).toEqual([]);
});
