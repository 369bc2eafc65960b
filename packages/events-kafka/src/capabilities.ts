import type { Capabilities } from '@payments/events-core';

export const capabilities: Capabilities = {
  keeps: 'retention-time',
  unrouted: 'kept',
  history: true,
  deduplicationWindowMs: 0,
  sharing: 'partition',
  keyOrder: 'partitions',
  retryDelay: 'steps',
  maxHoldMs: null,
};
