import type { Capabilities } from '@payments/events-core';
import { deduplicationWindowMs } from './server/server-options.ts';

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
