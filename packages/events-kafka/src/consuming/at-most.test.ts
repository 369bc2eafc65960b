import { expect, test } from 'vitest';
import { atMost } from './at-most.ts';
import { createTestClock, quiet } from './test-clock.test-support.ts';

function createBench() {
  const clock = createTestClock();
  const waited = Promise.withResolvers<void>();
  const right = new AbortController();
  let over = false;
  const done = atMost(waited.promise, { clock, ms: 100, signal: right.signal }).then(() => (over = true));
  return { clock, waited, right, done, over: () => over };
}

test('it ends with the promise, however that has settled, and leaves no timer', async () => {
  for (const how of ['resolve', 'reject'] as const) {
    const { clock, waited, done, over } = createBench();
    await quiet();
    expect(over()).toBe(false);
    waited[how](new Error('no matter') as never);
    await done;
    expect(clock.timers()).toBe(0);
  }
});

test('it ends when the time is over', async () => {
  const { clock, over } = createBench();
  await clock.advance(99);
  expect(over()).toBe(false);
  await clock.advance(1);
  expect(over()).toBe(true);
});

test('it ends with the signal, also one that has aborted before', async () => {
  const { clock, right, done } = createBench();
  right.abort();
  await done;
  expect(clock.timers()).toBe(0);
  const never = new Promise(() => {});
  await atMost(never, { clock, ms: 100, signal: right.signal });
  expect(clock.timers()).toBe(0);
});
