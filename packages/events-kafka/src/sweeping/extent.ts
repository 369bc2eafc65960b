import type { Connection } from '../connection.ts';
import { offsetOf } from '../consuming/offset.ts';
import { lettersPartition, removalsPartition } from './partitions.ts';

/** From the first record on, up to before the first that is still to come. */
export interface Extent {
  readonly begin: number;
  readonly end: number;
}

export interface Extents {
  readonly letters: Extent;
  readonly removals: Extent;
}

type Asking = Pick<Connection, 'admin' | 'topics'>;

/** Undefined when there is no such topic, or none of ours. */
export async function extentsOf({ admin, topics }: Asking, topic: string): Promise<Extents | undefined> {
  try {
    const partitions = await admin.ask(`tell what lies in "${topic}"`, (asked) => asked.fetchTopicOffsets(topic));
    const [letters, removals] = [lettersPartition, removalsPartition].map((wanted) => {
      const found = partitions.find(({ partition }) => partition === wanted);
      return found && { begin: offsetOf(found.low), end: offsetOf(found.high) };
    });
    return letters && removals && { letters, removals };
  } catch (error) {
    // The client has many words for it.
    const all = await topics.list().catch(() => undefined);
    if (all?.includes(topic) === false) return undefined;
    throw error;
  }
}

/**
 * Deletes what lies before: letters first, as a letter whose removal is gone would be there again. Between the two more
 * seems to be removed than is.
 */
export async function shorten({ admin }: Asking, topic: string, { letters, removals }: Shortening): Promise<void> {
  await admin.ask(`shorten "${topic}"`, async (asked) => {
    // The client knows where to ask only once it has asked something else of the topic.
    await asked.fetchTopicOffsets(topic);
    for (const [partition, offset] of [
      [lettersPartition, letters],
      [removalsPartition, removals],
    ] as const) {
      await asked.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
    }
  });
}

interface Shortening {
  readonly letters: number;
  readonly removals: number;
}
