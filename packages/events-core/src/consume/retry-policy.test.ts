import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors/configuration-error.ts';
import {
  defaultRetryPolicy,
  delayAfter,
  delaySteps,
  jitteredDelayAfter,
  resolveRetryPolicy,
  type RetryPolicy,
} from './retry-policy.ts';

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 100 }),
  initialDelayMs: fc.integer({ min: 0, max: 86_400_000 }),
  factor: fc.double({ min: 1, max: 100, noNaN: true }),
  maxDelayMs: fc.integer({ min: 0, max: 86_400_000 }),
  jitter: fc.constantFrom('full', 'none'),
});

describe('the default retry policy', () => {
  it('waits 1, 3, 9 and 27 seconds between five attempts', () => {
    const policy = resolveRetryPolicy();
    expect(policy).toEqual(defaultRetryPolicy);
    expect(policy.maxAttempts).toBe(5);
    expect(delaySteps(policy, 'none')).toEqual([1_000, 3_000, 9_000, 27_000]);
  });
});

describe('a retry policy', () => {
  it('takes from the default what it does not say', () => {
    expect(resolveRetryPolicy({ maxAttempts: 2 })).toEqual({ ...defaultRetryPolicy, maxAttempts: 2 });
  });

  it('never waits longer than its cap', () => {
    const policy = resolveRetryPolicy({ maxAttempts: 10, maxDelayMs: 5_000 });
    expect(delaySteps(policy, 'none')).toEqual([1_000, 3_000, 5_000]);
  });

  it('has no steps where nothing is ever tried again', () => {
    expect(delaySteps(resolveRetryPolicy({ maxAttempts: 1 }), 'none')).toEqual([]);
  });

  it('has no steps with ordering by key, where events wait in place', () => {
    expect(delaySteps(resolveRetryPolicy(), 'key')).toEqual([]);
  });

  it('waits exactly without jitter', () => {
    const policy = resolveRetryPolicy({ jitter: 'none' });
    expect(jitteredDelayAfter(policy, 2, () => 0.5)).toBe(3_000);
  });

  it('draws from the whole delay with full jitter', () => {
    const policy = resolveRetryPolicy({ jitter: 'full' });
    expect(jitteredDelayAfter(policy, 2, () => 0)).toBe(0);
    expect(jitteredDelayAfter(policy, 2, () => 0.5)).toBe(1_500);
  });

  it.each([
    [{ maxAttempts: 0 }, 'retry.maxAttempts'],
    [{ maxAttempts: 2.5 }, 'retry.maxAttempts'],
    [{ maxAttempts: 101 }, 'retry.maxAttempts'],
    [{ initialDelayMs: -1 }, 'retry.initialDelayMs'],
    [{ initialDelayMs: Number.NaN }, 'retry.initialDelayMs'],
    [{ factor: 0.5 }, 'retry.factor'],
    [{ factor: Number.POSITIVE_INFINITY }, 'retry.factor'],
    [{ maxDelayMs: 86_400_001 }, 'retry.maxDelayMs'],
    [{ maxDelayMs: '5s' as never }, 'retry.maxDelayMs'],
    [{ jitter: 'some' as never }, 'retry.jitter'],
  ])('is refused with %o', (options, path) => {
    const refused = expect(() => resolveRetryPolicy(options));
    refused.toThrow(ConfigurationError);
    refused.toThrow(expect.objectContaining({ path }));
  });
});

describe('any retry policy', () => {
  it('waits whole milliseconds, at least as long after each further failure, and never beyond its cap', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        let last = 0;
        for (let attempt = 1; attempt < policy.maxAttempts; attempt += 1) {
          const delayMs = delayAfter(policy, attempt);
          expect(Number.isSafeInteger(delayMs)).toBe(true);
          expect(delayMs).toBeGreaterThanOrEqual(last);
          expect(delayMs).toBeLessThanOrEqual(policy.maxDelayMs);
          last = delayMs;
        }
      }),
    );
  });

  it('jitters to whole milliseconds between nothing and the delay', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 100 }), chance, (policy, attempt, drawn) => {
        const delayMs = jitteredDelayAfter(policy, attempt, () => drawn);
        expect(Number.isSafeInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(delayAfter(policy, attempt));
      }),
    );
  });

  it('declares every delay it can ask for, each once, ascending', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const steps = delaySteps(policy, 'none');
        expect(steps).toEqual([...new Set(steps)].toSorted((one, other) => one - other));
        for (let attempt = 1; attempt < policy.maxAttempts; attempt += 1)
          expect(steps).toContain(delayAfter(policy, attempt));
      }),
    );
  });
});
