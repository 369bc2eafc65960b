import type { Capabilities } from '@payments/events-core';

/** A message is given back before the broker takes it by force, together with all else its channel holds. */
const marginMs = 120_000;

/** How long `x-consumer-timeout` lets a message be held, unless the options say otherwise. */
export const defaultConsumerTimeoutMs = 3_600_000;

export function capabilitiesWith({
  consumerTimeoutMs,
  unroutable,
}: {
  readonly consumerTimeoutMs: number;
  readonly unroutable: 'park' | 'error';
}): Capabilities {
  return {
    keeps: 'until-settled',
    unrouted: unroutable === 'park' ? 'parked' : 'refused',
    history: false,
    deduplicationWindowMs: 0,
    sharing: 'message',
    keyOrder: 'one-owner-per-group',
    retryDelay: 'steps',
    maxHoldMs: consumerTimeoutMs - marginMs,
  };
}

/** With the defaults of the options. */
export const capabilities: Capabilities = capabilitiesWith({
  consumerTimeoutMs: defaultConsumerTimeoutMs,
  unroutable: 'park',
});
