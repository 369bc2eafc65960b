import { describe, expect, it } from 'vitest';
import { createTestClock } from './test-clock.test-support.ts';
import { wait } from './wait.ts';

describe('wait', () => {
  it('resolves after its time, and not before', async () => {
    const clock = createTestClock();
    let over = false;
    void wait(clock, 500).then(() => (over = true));
    await clock.advance(499);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(over).toBe(true);
  });

  it('resolves as soon as its signal aborts, and frees its timer', async () => {
    const clock = createTestClock();
    const leave = new AbortController();
    const waiting = wait(clock, 500, leave.signal);
    leave.abort();
    await waiting;
    expect(clock.timers()).toBe(0);
  });

  it('sets no timer when its signal has aborted already', async () => {
    const clock = createTestClock();
    await wait(clock, 500, AbortSignal.abort());
    expect(clock.timers()).toBe(0);
  });
});
