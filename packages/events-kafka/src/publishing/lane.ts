import type { Failure, Posting } from './posting.ts';
import { createPostingList, type PostingList } from './posting-list.ts';

/** What goes to one partition of one topic: in the order of the calls, one send at a time. */
export interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly waiting: PostingList;
  sending: boolean;
  /** After a failure: ends the pause before the next try. */
  resume: (() => void) | undefined;
  /** Sends in a row that brought no answer. */
  failures: number;
  /** Why the last send brought no answer; undefined after one. */
  obstacle: Failure | undefined;
  /** Most messages of the next send. */
  most: number;
  /** Since when there is something that Kafka has not answered for, on the clock that never goes back. */
  owedSince: number | undefined;
}

/** More in one send is hardly quicker, and stops the process for longer. */
export const mostMessages = 100;
/** Kafka's limit for what a partition takes at once is 1 MiB, unless the topic says otherwise. */
const mostBytes = 256 * 1024;

export function createLane(topic: string, partition: number): Lane {
  return {
    topic,
    partition,
    waiting: createPostingList(),
    sending: false,
    resume: undefined,
    failures: 0,
    obstacle: undefined,
    most: mostMessages,
    owedSince: undefined,
  };
}

/** Takes what the next send consists of: at least one, however large. */
export function takeBatch({ waiting, most }: Lane): Posting[] {
  const batch: Posting[] = [];
  let bytes = 0;
  for (let next = waiting.first; next !== undefined && batch.length < most; next = waiting.first) {
    bytes += next.bytes;
    if (batch.length > 0 && bytes > mostBytes) break;
    waiting.remove(next);
    next.stage = 'sent';
    batch.push(next);
  }
  return batch;
}

/** To be sent again, before all that came later. */
export function putBack(lane: Lane, batch: readonly Posting[]): void {
  const again = batch.filter(({ stage }) => stage === 'sent');
  for (const posting of again) posting.stage = 'waiting';
  lane.waiting.putBack(again);
}
