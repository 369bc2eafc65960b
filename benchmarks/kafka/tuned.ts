import { Partitioners } from 'kafkajs';
import { benchType, type BenchEnvelope } from '../bench-event.ts';
import type { Contender } from '../contest/contender.ts';
import { asAdmin, createTopic, kafkaAt, lagOf, placeOf, removePlace } from './topics.ts';
import { createLanes } from './lanes.ts';

/** The fastest program on kafkajs that we can write. What helped, and what did not, stands in `benchmarks/README.md`. */
export const tuned: Contender = {
  async open(url) {
    const place = placeOf('tuned');
    const { topic, group } = place;
    await asAdmin(url, (admin) => createTopic(admin, place));
    const kafka = kafkaAt(url);
    const admin = kafka.admin();
    await admin.connect();
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 0 } });
    await producer.connect();
    const { partitions } = (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0] ?? { partitions: [] };
    const lanes = createLanes(producer, { topic, partitions });

    return {
      publish: lanes.publish,
      async consume(handle) {
        const consumer = kafkaAt(url).consumer({ groupId: group, maxWaitTimeInMs: 500 });
        await consumer.connect();
        await consumer.subscribe({ topic, fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: partitions.length,
          // One commit for all that a fetch has brought of a partition.
          async eachBatch({ batch, resolveOffset, commitOffsetsIfNecessary }) {
            for (const { headers, value } of batch.messages) {
              if (headers?.['event-type']?.toString() !== benchType || value === null) continue;
              handle((JSON.parse(value.toString()) as BenchEnvelope).data);
            }
            resolveOffset(batch.lastOffset());
            const offset = `${Number(batch.lastOffset()) + 1}`;
            const commit = [{ topic, partitions: [{ partition: batch.partition, offset }] }];
            await commitOffsetsIfNecessary({ topics: commit });
          },
        });
        return { stop: () => consumer.disconnect() };
      },
      waiting: () => lagOf(admin, place),
      async close() {
        await producer.disconnect();
        await removePlace(admin, place);
        await admin.disconnect();
      },
    };
  },
};
