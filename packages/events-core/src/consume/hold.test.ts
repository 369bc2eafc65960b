import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestDelayInPlaceMs, longestHoldMs } from './hold.ts';
import { delayAfter, resolveRetryPolicy } from './retry-policy.ts';

const policy = resolveRetryPolicy({ maxAttempts: 3, initialDelayMs: 1_000, factor: 2 });
const limits = { ordering: 'key', handlerTimeoutMs: 10_000, policy } as const;

describe('how long an event may be held', () => {
  it('is its handlers, and with ordering by key the waits between them', () => {
    expect(longestHoldMs({ ...limits, ordering: 'none' })).toBe(10_000);
    expect(longestHoldMs(limits)).toBe(10_000 + 1_000 + 10_000 + 2_000 + 10_000);
    expect(longestHoldMs(limits, 2)).toBe(10_000 + 2_000 + 10_000);
    expect(longestHoldMs(limits, 3)).toBe(10_000);
  });

  it('leaves a handler’s own delay what the rest of the policy does not need', () => {
    expect(longestDelayInPlaceMs(limits, { maxHoldMs: 100_000, attempt: 1, heldMs: 0 })).toBe(
      100_000 - 10_000 - 22_000,
    );
    expect(longestDelayInPlaceMs(limits, { maxHoldMs: 100_000, attempt: 2, heldMs: 40_000 })).toBe(
      100_000 - 40_000 - 10_000 - 10_000,
    );
    expect(longestDelayInPlaceMs(limits, { maxHoldMs: 100_000, attempt: 3, heldMs: 99_000 })).toBe(0);
  });

  it('is never more than the broker allows, whatever handlers ask for and however long they take', () => {
    const spent = fc.record({ own: fc.boolean(), share: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(
        fc.integer({ min: 33_000, max: 1_000_000 }),
        fc.array(spent, { maxLength: 2 }),
        (maxHoldMs, waits) => {
          let heldMs = 0;
          for (const [index, { own, share }] of waits.entries()) {
            const longest = longestDelayInPlaceMs(limits, { maxHoldMs, attempt: index + 1, heldMs });
            heldMs += limits.handlerTimeoutMs + (own ? longest * share : delayAfter(policy, index + 1));
          }
          expect(heldMs + limits.handlerTimeoutMs).toBeLessThanOrEqual(maxHoldMs + 1e-6);
        },
      ),
    );
  });
});
