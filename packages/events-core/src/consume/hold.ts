import type { Capabilities } from '../contract/capabilities.ts';
import { UnsupportedCapabilityError } from '../errors/unsupported-capability-error.ts';
import type { ConsumerLimits } from './consumer-options.ts';
import { delayAfter } from './retry-policy.ts';

type HoldLimits = Pick<ConsumerLimits, 'ordering' | 'handlerTimeoutMs' | 'policy'>;

/** Longest that one event stays in this process from that attempt on: its handlers and, with ordering `key`, the waits between. */
export function longestHoldMs({ ordering, handlerTimeoutMs, policy }: HoldLimits, from = 1): number {
  let holdMs = handlerTimeoutMs;
  if (ordering === 'key') {
    for (let attempt = from; attempt < policy.maxAttempts; attempt += 1)
      holdMs += delayAfter(policy, attempt) + handlerTimeoutMs;
  }
  return holdMs;
}

/**
 * Longest delay a handler may ask for at that attempt where the event waits in place: what the broker allows, less what is
 * over and what the rest of the policy may take.
 */
export function longestDelayInPlaceMs(
  limits: HoldLimits,
  { maxHoldMs, attempt, heldMs }: { readonly maxHoldMs: number; readonly attempt: number; readonly heldMs: number },
): number {
  return Math.max(0, maxHoldMs - heldMs - limits.handlerTimeoutMs - longestHoldMs(limits, attempt + 1));
}

/** @throws {UnsupportedCapabilityError} when an event could be held longer than the broker allows. */
export function checkHold(limits: HoldLimits, system: string, { maxHoldMs }: Capabilities): void {
  const holdMs = longestHoldMs(limits);
  if (maxHoldMs === null || holdMs <= maxHoldMs) return;
  throw new UnsupportedCapabilityError(
    `An event can be held for ${holdMs} ms (handlerTimeoutMs${limits.ordering === 'key' ? ', retries in place' : ''}), and ${system} takes it back after ${maxHoldMs} ms. Lower handlerTimeoutMs or the retry policy.`,
    'maxHoldMs',
  );
}
