import type { Administrator } from '../connection/administrator.ts';
import { isAnswer } from '../errors.ts';
import type { Committed } from './committed.ts';
import { decodeMarks, encodeMarks } from './marks.ts';
import { offsetOf } from './offset.ts';
import type { PartitionLog } from './partition-log.ts';
import { keyOf } from './seat.ts';

/**
 * A topic that was deleted and made again has the offsets of the old one: what was committed for that, as a rule by a
 * commit that was under way, would skip the first events of the new one. The client does not know of topic ids, but the
 * commit says when the newest message was appended that the group had read: where even the oldest one is newer, and lies
 * below the committed offset, it is another log. Gives where those begin, by `keyOf`.
 * @throws what `Administrator.ask` throws and is no answer: then nobody knows.
 */
export async function begunAnew(
  admin: Administrator,
  committed: readonly Committed[],
): Promise<ReadonlyMap<string, number>> {
  const asked = committed.flatMap((place) => {
    const { appendedAt } = decodeMarks(place.offset, place.metadata);
    return place.offset > 0 && appendedAt !== undefined ? [{ ...place, appendedAt }] : [];
  });
  const anew = new Map<string, number>();

  async function look(topic: string): Promise<void> {
    const places = asked.filter((place) => place.topic === topic);
    const begins = await admin.ask('tell where its topics begin', (native) => native.fetchTopicOffsets(topic));
    const lows = new Map(begins.map(({ partition, low }) => [partition, offsetOf(low)]));
    let suspects = places.filter(({ partition, offset }) => (lows.get(partition) ?? offset) < offset);
    // From the smallest on: as a rule one question finds that there is none.
    for (const appendedAt of [...new Set(suspects.map((place) => place.appendedAt))].toSorted((a, b) => a - b)) {
      if (suspects.length === 0) return;
      const newer = await admin.ask('tell what is newer', (native) =>
        native.fetchTopicOffsetsByTimestamp(topic, appendedAt + 1),
      );
      const firstNewer = new Map(newer.map(({ partition, offset }) => [partition, offsetOf(offset)]));
      const allNewer = suspects.filter(({ partition }) => firstNewer.get(partition) === lows.get(partition));
      for (const place of allNewer)
        if (place.appendedAt === appendedAt) anew.set(keyOf(place), lows.get(place.partition) ?? 0);
      suspects = allNewer.filter((place) => place.appendedAt > appendedAt);
    }
  }

  await Promise.all(
    [...new Set(asked.map(({ topic }) => topic))].map(async (topic) => {
      try {
        await look(topic);
      } catch (error) {
        // Not there, or not to be seen: reading it will tell.
        if (!isAnswer(error)) throw error;
      }
    }),
  );
  return anew;
}

/** Where logs that are being read stand, as if all of it were committed. */
export function readSoFar(logs: Iterable<PartitionLog>): readonly Committed[] {
  return [...logs].map(({ topic, partition, position, appendedAt }) => {
    const metadata = encodeMarks(position, { settled: [], counts: [], appendedAt });
    return { topic, partition, offset: position, metadata, begin: 0 };
  });
}
