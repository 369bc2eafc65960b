import { describe, expect, it } from 'vitest';
import { createTestClock } from './test-clock.test-support.ts';
import { withinGrace } from './within-grace.ts';

function setUp(answer: Promise<string>, signal?: AbortSignal) {
  const clock = createTestClock();
  const leave = new AbortController();
  const outcome = withinGrace(answer, { signal: signal ?? leave.signal, clock, graceMs: 1_000 });
  return { clock, leave, outcome };
}

describe('what was told to end', () => {
  it('brings what it brings as long as nobody tells it, and in the time that it has afterwards', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const { clock, leave, outcome } = setUp(promise);
    await clock.advance(60_000);
    leave.abort();
    await clock.advance(999);
    resolve('done');
    expect(await outcome).toBe('done');
    expect(clock.timers()).toBe(0);
  });

  it('is late when it does not listen', async () => {
    for (const signal of [undefined, AbortSignal.abort()]) {
      const { clock, leave, outcome } = setUp(new Promise(() => {}), signal);
      leave.abort();
      await clock.advance(1_000);
      expect(await outcome).toBe('late');
    }
  });

  it('rejects as it rejects', async () => {
    const { clock, outcome } = setUp(Promise.reject(new Error('stuck')));
    await expect(outcome).rejects.toThrow('stuck');
    expect(clock.timers()).toBe(0);
  });
});
