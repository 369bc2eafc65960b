import type { Ordering } from '../contract/subscription.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { refuseUnknownOptions } from '../errors/refuse-unknown-options.ts';

export interface RetryPolicy {
  /** How often an event's handlers run before it is dead-lettered, 1–100. @default 5 */
  readonly maxAttempts: number;
  /** Delay after the first failure, milliseconds, 0–86,400,000. @default 1_000 */
  readonly initialDelayMs: number;
  /** Each further delay is this times the last, 1–100. @default 3 */
  readonly factor: number;
  /** No delay is longer, milliseconds. @default 300_000 */
  readonly maxDelayMs: number;
  /** `full` draws each delay between 0 and its value; `none` waits exactly. @default 'full' */
  readonly jitter: 'full' | 'none';
}

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 5,
  initialDelayMs: 1_000,
  factor: 3,
  maxDelayMs: 300_000,
  jitter: 'full',
};

const dayMs = 86_400_000;
const ranges = {
  maxAttempts: [1, 100],
  initialDelayMs: [0, dayMs],
  factor: [1, 100],
  maxDelayMs: [0, dayMs],
} as const;

/** @throws {ConfigurationError} for a value outside its range. */
export function resolveRetryPolicy(options: Partial<RetryPolicy> = {}): RetryPolicy {
  refuseUnknownOptions(options, Object.keys(defaultRetryPolicy), 'retry');
  const policy = { ...defaultRetryPolicy, ...options };
  for (const [name, [least, most]] of Object.entries(ranges) as [keyof typeof ranges, readonly [number, number]][]) {
    const value = policy[name];
    const whole = name === 'factor' || Number.isInteger(value);
    if (typeof value !== 'number' || !(value >= least && value <= most) || !whole) {
      throw new ConfigurationError(
        `retry.${name} must be a ${name === 'factor' ? '' : 'whole '}number from ${least} to ${most}.`,
        `retry.${name}`,
      );
    }
  }
  if (policy.jitter !== 'full' && policy.jitter !== 'none') {
    throw new ConfigurationError("retry.jitter must be 'full' or 'none'.", 'retry.jitter');
  }
  return policy;
}

/** The delay after the given failed attempt (1 = the first), without jitter. */
export function delayAfter(policy: RetryPolicy, attempt: number): number {
  return Math.min(policy.maxDelayMs, Math.round(policy.initialDelayMs * policy.factor ** (attempt - 1)));
}

/** The delay after the given failed attempt, with the policy's jitter. `random` is uniform in [0, 1). */
export function jitteredDelayAfter(policy: RetryPolicy, attempt: number, random: () => number): number {
  const delayMs = delayAfter(policy, attempt);
  return policy.jitter === 'full' ? Math.round(delayMs * random()) : delayMs;
}

/**
 * Distinct delays without jitter, ascending: the steps a broker without free delays declares. None where events wait in place.
 * @param further delays that are not the policy's
 */
export function delaySteps(
  policy: RetryPolicy,
  ordering: Ordering,
  further: readonly number[] = [],
): readonly number[] {
  if (ordering === 'key') return [];
  const delays = Array.from({ length: policy.maxAttempts - 1 }, (_, index) => delayAfter(policy, index + 1));
  return [...new Set([...delays, ...further])].toSorted((one, other) => one - other);
}
