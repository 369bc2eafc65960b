import { plainKafka } from './namespace.ts';

/** The ids of all events that a topic holds now, as another program reads them: once for each record. */
export async function readIds(url: string, topic: string): Promise<readonly string[]> {
  const kafka = plainKafka(url);
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  const left = new Map(
    ends.filter(({ high, low }) => high !== low).map(({ partition, high }) => [partition, Number(high)]),
  );
  const ids: string[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  if (left.size === 0) resolve();
  const groupId = `reading-${topic}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    async eachBatch({ batch }) {
      const { partition, messages } = batch;
      ids.push(...messages.map(({ headers }) => headers?.['event-id']?.toString() ?? ''));
      if (Number(batch.lastOffset()) + 1 >= (left.get(partition) ?? 0)) left.delete(partition);
      if (left.size === 0) resolve();
    },
  });
  await all;
  await consumer.disconnect();
  await admin.deleteGroups([groupId]);
  await admin.disconnect();
  return ids;
}
