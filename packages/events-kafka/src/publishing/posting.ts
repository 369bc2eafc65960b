import type { SendFailureReason } from '@payments/events-core';
import type { NativeRecord } from '../mapping.ts';
import type { PostingList } from './posting-list.ts';

/** One record on its way to Kafka. */
export interface Posting {
  readonly topic: string;
  /** Whether the topic is made, as one of events, where there is none. */
  readonly creates: boolean;
  /** Where it must go. Undefined: where `by` leads. */
  readonly partition: number | undefined;
  readonly by: Buffer | string;
  readonly record: NativeRecord;
  /** Of key, value and headers; a text may take three times what is counted for it. */
  readonly bytes: number;
  readonly signal: AbortSignal;
  /** Called once, or `failed` is. Neither may throw. */
  stored(partition: number, offset: number): void;
  failed(failure: Failure): void;
  /** `over`: nobody waits any longer; the send it is in may not have ended yet. */
  stage: 'waiting' | 'sent' | 'over';
  /** That it waits in. */
  list: PostingList | undefined;
  previous: Posting | undefined;
  next: Posting | undefined;
}

/** Why a posting has not been stored, or nobody knows. */
export interface Failure {
  /** `rejected` is a promise that it is not stored. */
  readonly outcome: 'rejected' | 'unknown';
  readonly reason: SendFailureReason;
  readonly retryable: boolean;
  /** The rest of a sentence that begins with what was sent. */
  readonly said: string;
  readonly cause?: unknown;
}
