import type { CannotHappen } from './faults.ts';

/**
 * What the broker itself says it holds for a group. Counts of messages, at rest: a moment after a settlement the clauses look
 * again. Behind an unfinished event of a partition, settled ones may count too where the broker keeps no more than an offset.
 */
export interface StoredCounts {
  /** Not settled: waiting, held by a consumer or waiting for a retry. */
  readonly unsettled: number;
  readonly dead: number;
}

/** The truth, read past the adapter: by the broker's own tools or another client. Changes nothing, however often. */
export interface Probe {
  stored(group: string): Promise<StoredCounts>;
  /** Message ids in the group's dead letters, oldest first. */
  dead(group: string): Promise<readonly string[]>;
  /** Whether an event with that id lies anywhere in the broker: in a log, in a group, or parked. */
  holds(messageId: string, type: string): Promise<boolean>;
  /** Connections the broker has from this lab's adapters. Absent where there is no such thing. */
  connections?(): Promise<number>;
  /** When clients tried to connect, successfully or not, on the lab's clock; oldest first. */
  readonly connectionAttempts: (() => Promise<readonly number[]>) | CannotHappen;
}
