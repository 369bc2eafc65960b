import type { Administrator } from '../connection/administrator.ts';
import { offsetOf } from './offset.ts';
import type { TopicPartition } from './seat.ts';

/** Where a partition is to be read on. */
export interface Committed extends TopicPartition {
  /** Below 0 for none. */
  readonly offset: number;
  readonly metadata: string | null;
  /** First offset of the log, where nothing is committed; else 0. */
  readonly begin: number;
}

/** What the group has committed for these partitions. @throws what `Administrator.ask` throws. */
export async function readCommitted(
  admin: Administrator,
  groupId: string,
  places: readonly TopicPartition[],
): Promise<readonly Committed[]> {
  if (places.length === 0) return [];
  // All of the group's: a question for some would first ask for the metadata of each topic.
  const topics = await admin.ask('tell the committed offsets', (asked) => asked.fetchOffsets({ groupId }));
  const found = new Map<string, { readonly offset: string; readonly metadata: string | null }>();
  for (const { topic, partitions } of topics) for (const one of partitions) found.set(`${topic}/${one.partition}`, one);
  const known = places.map(({ topic, partition }) => {
    const { offset, metadata } = found.get(`${topic}/${partition}`) ?? { offset: '-1', metadata: null };
    return { topic, partition, offset: offsetOf(offset), metadata, begin: 0 };
  });
  const fresh = new Set(known.filter(({ offset }) => offset < 0).map(({ topic }) => topic));
  const begins = new Map(
    await Promise.all([...fresh].map(async (topic) => [topic, await beginOf(admin, topic)] as const)),
  );
  return known.map((one) => (one.offset < 0 ? { ...one, begin: begins.get(one.topic)?.get(one.partition) ?? 0 } : one));
}

/** The first offset of each partition. @throws what `Administrator.ask` throws. */
export async function beginOf(admin: Administrator, topic: string): Promise<ReadonlyMap<number, number>> {
  const offsets = await admin.ask('tell where its topics begin', (asked) => asked.fetchTopicOffsets(topic));
  return new Map(offsets.map(({ partition, low }) => [partition, offsetOf(low)]));
}
