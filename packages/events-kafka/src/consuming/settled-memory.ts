import type { Commitment } from './partition-log.ts';
import { keyOf, type TopicPartition } from './seat.ts';

/**
 * What was settled and is not known to be committed, over all assignments of a subscription: when a right is lost before the
 * last commit is confirmed (a broker was away, the coordinator has moved), and the partition comes back, its messages are not
 * handed over a second time.
 */
export interface SettledMemory {
  settled(place: TopicPartition, offset: number): void;
  /** Everything settled so far is in a commit that is about to be sent. */
  telling(place: TopicPartition): void;
  /** The last that was told is stored. */
  told(place: TopicPartition, commitment: Pick<Commitment, 'offset'>): void;
  /** What need not be handed over again of a partition that is read on from there. */
  recall(place: TopicPartition, committedOffset: number): readonly number[];
  /** The offsets mean other messages by now. */
  forget(place: TopicPartition): void;
}

interface Remembered {
  /** Committed for certain. One that is lower by now was set by somebody, who wants the messages again. */
  base: number;
  untold: Set<number>;
  /** In a commit that was sent. */
  told: Set<number>;
}

export function createSettledMemory(): SettledMemory {
  const memory = new Map<string, Remembered>();

  return {
    settled: (place, offset) => void memory.get(keyOf(place))?.untold.add(offset),
    telling(place) {
      const found = memory.get(keyOf(place));
      if (found === undefined) return;
      for (const offset of found.untold) found.told.add(offset);
      found.untold = new Set();
    },
    told(place, { offset }) {
      const found = memory.get(keyOf(place));
      if (found === undefined) return;
      found.base = offset;
      found.told = new Set();
    },
    recall(place, committedOffset) {
      const found = memory.get(keyOf(place));
      const known =
        found === undefined || committedOffset < found.base
          ? []
          : [...found.told, ...found.untold].filter((offset) => offset >= committedOffset);
      memory.set(keyOf(place), { base: committedOffset, untold: new Set(known), told: new Set() });
      return known;
    },
    forget: (place) => void memory.delete(keyOf(place)),
  };
}
