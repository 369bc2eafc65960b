import { keyOf, type TopicPartition } from './seat.ts';
import type { Commitment } from './told.ts';

/**
 * What was settled and is not known to be committed, over all assignments of a subscription: when a right is lost before the
 * last commit is confirmed (a broker was away, the coordinator has moved), and the partition comes back, its messages are not
 * handed over a second time.
 */
export interface SettledMemory {
  settled(place: TopicPartition, message: Settled): void;
  /** What was settled so far, and read in this assignment, is in a commit that is about to be sent. */
  telling(place: TopicPartition & { readonly position: number }): void;
  /** The last that was told is stored. */
  told(place: TopicPartition, commitment: Pick<Commitment, 'offset'>): void;
  /** What need not be handed over again of a partition that is read on from there: timestamps by offset. */
  recall(place: TopicPartition, committedOffset: number): ReadonlyMap<number, number>;
  /** The offsets mean other messages by now. */
  forget(place: TopicPartition): void;
}

/** The timestamp tells a message from one at the same offset of a topic that was deleted and made again. */
interface Settled {
  readonly offset: number;
  readonly timestamp: number;
}

interface Remembered {
  /** Committed for certain. One that is lower by now was set by somebody, who wants the messages again. */
  base: number;
  /** Timestamps by offset. */
  untold: Map<number, number>;
  /** In a commit that was sent. */
  told: Map<number, number>;
}

export function createSettledMemory(): SettledMemory {
  const memory = new Map<string, Remembered>();

  return {
    settled: (place, { offset, timestamp }) => void memory.get(keyOf(place))?.untold.set(offset, timestamp),
    telling(place) {
      const found = memory.get(keyOf(place));
      if (found === undefined) return;
      for (const [offset, timestamp] of found.untold) {
        if (offset >= place.position) continue;
        found.told.set(offset, timestamp);
        found.untold.delete(offset);
      }
    },
    told(place, { offset }) {
      const found = memory.get(keyOf(place));
      if (found === undefined) return;
      found.base = offset;
      found.told = new Map();
    },
    recall(place, committedOffset) {
      const found = memory.get(keyOf(place));
      const known =
        found === undefined || committedOffset < found.base
          ? []
          : [...found.told, ...found.untold].filter(([offset]) => offset >= committedOffset);
      memory.set(keyOf(place), { base: committedOffset, untold: new Map(known), told: new Map() });
      return new Map(known);
    },
    forget: (place) => void memory.delete(keyOf(place)),
  };
}
