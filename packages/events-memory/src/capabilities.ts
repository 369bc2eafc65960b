import type { Capabilities } from '@payments/events-core';

export const deduplicationWindowMs = 120_000;

export const capabilities: Capabilities = {
  keeps: 'process-lifetime',
  unrouted: 'kept',
  history: true,
  deduplicationWindowMs,
  sharing: 'message',
  keyOrder: 'one-owner-per-group',
  retryDelay: 'exact',
  maxHoldMs: null,
};
