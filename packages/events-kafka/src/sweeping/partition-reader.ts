import type { Clock } from '@payments/events-core';
import type { KafkaMessage } from 'kafkajs';
import { atMost } from '../consuming/at-most.ts';
import { offsetOf } from '../consuming/offset.ts';
import type { Fetched, Seat, TopicPartition } from '../consuming/seat.ts';

/** How the client is told what to fetch. */
export type Steering = Pick<Seat, 'pause' | 'resume' | 'seek'>;

/** Reads one partition from its beginning to an end that is known, one batch ahead. */
export interface PartitionReader {
  /** The next message; undefined at the end. @throws the reason of `over`. */
  next(): Promise<KafkaMessage | undefined>;
  /** Takes a batch from the client. Never rejects. */
  take(fetched: Fetched): Promise<void>;
  /** The client has it, and would read it from its beginning (again). */
  joined(steering: Steering): void;
}

export interface PartitionReaderOptions {
  readonly place: TopicPartition;
  /** Offset of the first record, and of the first that is not to be read any more. */
  readonly begin: number;
  readonly end: number;
  readonly clock: Clock;
  readonly over: AbortSignal;
}

/** For what is visited quickly. What takes longer must not hold the client, which may be asked to join again. */
const patienceMs = 250;
/** After so long without anything new nothing comes any more. */
const silenceMs = 30_000;

export function createPartitionReader({ place, begin, end, clock, over }: PartitionReaderOptions): PartitionReader {
  let arrived: KafkaMessage[] = [];
  let at = 0;
  let position = begin;
  /** Somebody reads it; until then one batch is taken. */
  let asked = false;
  let steering: Steering | undefined;
  let paused = false;
  let wake = () => {};
  let drained = () => {};

  const isThrough = () => position >= end;
  const isFull = () => at < arrived.length;

  function pause(): void {
    paused = true;
    steering?.pause(place);
  }

  function resume(): void {
    if (!paused) return;
    paused = false;
    steering?.resume(place);
  }

  async function arrival(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    const before = position;
    await atMost(promise, { clock, ms: silenceMs, signal: over });
    over.throwIfAborted();
    if (position === before) throw new Error(`Nothing more comes of partition ${place.partition} of "${place.topic}".`);
  }

  return {
    async next() {
      asked = true;
      for (;;) {
        over.throwIfAborted();
        const message = arrived[at];
        if (message !== undefined) {
          at += 1;
          return message;
        }
        arrived = [];
        at = 0;
        drained();
        if (isThrough()) return undefined;
        resume();
        await arrival();
      }
    },
    async take({ batch, resolveOffset }) {
      if (isThrough() || isFull()) return pause();
      const last = batch.lastOffset();
      // After another join a part of it was here before.
      const isNew = (offset: number) => offset >= position && offset < end;
      arrived.push(...batch.messages.filter(({ offset }) => isNew(offsetOf(offset))));
      resolveOffset(last);
      if (offsetOf(last) >= position) {
        position = offsetOf(last) + 1;
        wake();
      }
      if (asked && isFull()) await draining();
      if (isThrough() || isFull()) pause();
    },
    joined(given) {
      steering = given;
      if (position > begin) given.seek(place, position);
      if (isThrough() || isFull()) pause();
      else resume();
    },
  };

  function draining(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    drained = resolve;
    return atMost(promise, { clock, ms: patienceMs, signal: over });
  }
}
