import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

const dayMs = 86_400_000;

describe('systemClock', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  it('calls once, after the delay', () => {
    const run = vi.fn<() => void>();
    systemClock.schedule(100, run);
    vi.advanceTimersByTime(99);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(run).toHaveBeenCalledOnce();
  });

  it('does not call after it was cancelled', () => {
    const run = vi.fn<() => void>();
    systemClock.schedule(100, run)();
    vi.advanceTimersByTime(100);
    expect(run).not.toHaveBeenCalled();
  });

  it('keeps delays longer than the 24.8 days that setTimeout can count', () => {
    const run = vi.fn<() => void>();
    systemClock.schedule(60 * dayMs, run);
    vi.advanceTimersByTime(60 * dayMs - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledOnce();
  });

  it.each([100, 60 * dayMs])('keeps a delay of %d ms while somebody sets the machine’s time back', (delayMs) => {
    const run = vi.fn<() => void>();
    vi.setSystemTime(3_600_000);
    const before = systemClock.elapsed();
    systemClock.schedule(delayMs, run);
    vi.setSystemTime(0);
    expect(systemClock.now()).toBe(0);
    expect(systemClock.elapsed()).toBe(before);
    vi.advanceTimersByTime(delayMs);
    expect(run).toHaveBeenCalledOnce();
  });

  it('cancels such a long delay after part of it has passed', () => {
    const run = vi.fn<() => void>();
    const cancel = systemClock.schedule(60 * dayMs, run);
    vi.advanceTimersByTime(50 * dayMs);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
  });
});
