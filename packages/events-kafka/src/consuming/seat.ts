import type { EachBatchPayload } from 'kafkajs';
import type { Lease } from './lease.ts';
import type { Commitment } from './told.ts';

/** What a partition is called. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** A member's place in its group, for the epoch that sits in it. All of it is about the present assignment. */
export interface Seat {
  readonly lease: Lease;
  /** Whether the client has lent the means: not before the first batch of a membership. Nothing was handed over before. */
  readonly canCommit: boolean;
  /** Resolves when the broker has stored all of it. Call it only while the assignment stands. @throws what it was refused with. */
  commit(commitments: readonly (TopicPartition & { readonly commitment: Commitment })[]): Promise<void>;
  /** Fetches nothing of it any more. Idempotent, as is `resume`. */
  pause(place: TopicPartition): void;
  resume(place: TopicPartition): void;
  /** Fetches from there next. */
  seek(place: TopicPartition, offset: number): void;
  /** Something happened that must not: the member begins anew. */
  fail(error: unknown): void;
}

/** What was fetched of one partition. */
export type Fetched = Pick<EachBatchPayload, 'batch' | 'resolveOffset'>;
