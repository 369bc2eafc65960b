import type { Clock } from '@payments/events-core';
import type { Extent, Extents } from './extent.ts';
import { readLetter, removedBy, type Letter } from './letter.ts';
import type { Held } from './lock.ts';
import { createPartitionReader } from './partition-reader.ts';
import { lettersPartition, removalsPartition } from './partitions.ts';

export interface WalkOptions {
  readonly held: Pick<Held, 'read'>;
  readonly topic: string;
  readonly extents: Extents;
  readonly clock: Clock;
  readonly over: AbortSignal;
}

/**
 * Visits each letter that was not removed, oldest first. True when all were; false when `visit` wanted no more.
 * @throws the reason of `over`, and what `visit` throws
 */
export async function walkLetters(
  { held, topic, extents, clock, over }: WalkOptions,
  visit: (letter: Letter) => Promise<boolean>,
): Promise<boolean> {
  const readerOf = (partition: number, { begin, end }: Extent) =>
    createPartitionReader({ place: { topic, partition }, begin, end, clock, over });
  const letters = readerOf(lettersPartition, extents.letters);
  const removals = readerOf(removalsPartition, extents.removals);
  held.read({
    take: (fetched) => (fetched.batch.partition === lettersPartition ? letters : removals).take(fetched),
    joined(steering) {
      letters.joined(steering);
      removals.joined(steering);
    },
  });
  const removed = new Set<string>();
  for (let message = await removals.next(); message !== undefined; message = await removals.next()) {
    const offset = removedBy(message);
    if (offset !== undefined) removed.add(offset);
  }
  for (let message = await letters.next(); message !== undefined; message = await letters.next()) {
    if (!removed.has(message.offset) && !(await visit(readLetter(message)))) return false;
  }
  return true;
}
