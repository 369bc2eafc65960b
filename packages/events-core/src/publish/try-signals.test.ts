import { describe, expect, it } from 'vitest';
import { createTestClock, startOfTime } from '../ports/test-clock.test-support.ts';
import { createTrySignals } from './try-signals.ts';

function setUp() {
  const clock = createTestClock();
  return { clock, take: createTrySignals(clock, 1_000) };
}

describe('the signal of a try', () => {
  it('aborts after the timeout, at most 2.5 % late and never early', async () => {
    const { clock, take } = setUp();
    const { signal } = take();
    await clock.advance(1_000);
    expect(signal.aborted).toBe(false);
    await clock.advance(25);
    expect(signal.aborted).toBe(true);
  });

  it('is shared by tries that begin close together, and is early for none of them', async () => {
    const { clock, take } = setUp();
    const first = take();
    await clock.advance(24);
    const second = take();
    expect(second.signal).toBe(first.signal);
    expect(clock.timers()).toBe(1);
    await clock.advance(1_000);
    expect(second.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(second.signal.aborted).toBe(true);
  });

  it('is another one for a try that begins later', async () => {
    const { clock, take } = setUp();
    const first = take();
    await clock.advance(25);
    expect(take().signal).not.toBe(first.signal);
  });

  it('frees its timer when the last try that shares it has ended', () => {
    const { clock, take } = setUp();
    const first = take();
    const second = take();
    first.done();
    expect(clock.timers()).toBe(1);
    second.done();
    expect(clock.timers()).toBe(0);
  });

  it('is a fresh one after the last one was freed, so that it can still abort', async () => {
    const { clock, take } = setUp();
    take().done();
    const { signal } = take();
    await clock.advance(1_025);
    expect(signal.aborted).toBe(true);
  });

  it('is not shared across a clock that was set back, which would make it late', async () => {
    const { clock, take } = setUp();
    await clock.advance(60_000);
    const first = take();
    clock.set(startOfTime);
    expect(take().signal).not.toBe(first.signal);
  });
});
