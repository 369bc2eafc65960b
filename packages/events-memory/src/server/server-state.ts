import type { Clock } from '@payments/events-core';
import type { Deduplication } from './deduplication.ts';
import type { ServerConditions } from './server-conditions.ts';
import type { Storage } from './storage.ts';

/** What the parts of one server share. */
export interface ServerState {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly conditions: ServerConditions;
  readonly deduplication: Deduplication;
  readonly capacity: number;
  readonly leaseMs: number;
  /** Counts sends, hand-overs and settlements: when it stands still, nothing happens. */
  activity: number;
}
