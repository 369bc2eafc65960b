import { expect, test } from 'vitest';
import { createTestClock } from './test-clock.test-support.ts';
import { watchTopics } from './topic-watch.ts';

function createBench({ everyMs = 30_000 } = {}) {
  const clock = createTestClock();
  const state = { existing: ['t'], fetchAgeMs: 0, broken: false, looks: 0, changes: 0 };
  const stop = watchTopics({
    clock,
    everyMs,
    lastFetchAgeMs: () => state.fetchAgeMs,
    list: async () => {
      state.looks += 1;
      if (state.broken) throw new Error('no answer');
      return state.existing;
    },
    isOther: (existing) => existing.length !== 1,
    changed: () => void (state.changes += 1),
  });
  return { clock, state, stop };
}

test('it looks as often as it was told, and says once that there is something else', async () => {
  const { clock, state } = createBench();
  await clock.advance(29_000);
  expect(state.looks).toBe(0);
  state.existing = ['t', 'u'];
  await clock.advance(90_000);
  expect([state.looks, state.changes, clock.timers()]).toEqual([1, 1, 0]);
});

test('while nothing is fetched it looks soon, for the topic may be gone, and then less and less often', async () => {
  const { clock, state } = createBench();
  state.fetchAgeMs = 2_500;
  await clock.advance(2_000 + 4_000 + 8_000);
  expect([state.looks, state.changes]).toEqual([3, 0]);
  state.fetchAgeMs = 0;
  await clock.advance(1_000);
  Object.assign(state, { fetchAgeMs: 2_500, existing: [] });
  await clock.advance(2_000);
  expect(state.changes).toBe(1);
});

test('without an answer it looks again', async () => {
  const { clock, state } = createBench({ everyMs: 1_000 });
  Object.assign(state, { broken: true, existing: [] });
  await clock.advance(3_500);
  state.broken = false;
  await clock.advance(1_000);
  expect([state.looks, state.changes]).toEqual([4, 1]);
});

test('it ends when it is told to, an answer that is under way included', async () => {
  const { clock, state, stop } = createBench({ everyMs: 1_000 });
  state.existing = [];
  await clock.advance(999);
  stop();
  await clock.advance(10_000);
  expect([state.looks, state.changes, clock.timers()]).toEqual([0, 0, 0]);
});
