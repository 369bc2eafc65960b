import { randomUUID } from 'node:crypto';
import { Partitioners } from 'kafkajs';
import { benchBody, benchType, type BenchEnvelope } from '../bench-event.ts';
import type { Contender } from '../contest/contender.ts';
import { asAdmin, createTopic, headersOf, kafkaAt, lagOf, placeOf, removePlace } from './topics.ts';

/** kafkajs as its documentation uses it: a `send` for each event, `eachMessage`, commits as they come by default. */
export const plain: Contender = {
  async open(url) {
    const place = placeOf('plain');
    const { topic, group } = place;
    await asAdmin(url, (admin) => createTopic(admin, place));
    const kafka = kafkaAt(url);
    const admin = kafka.admin();
    await admin.connect();
    // Without one that is named kafkajs prints a warning.
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();

    return {
      async publish(paymentId) {
        const id = randomUUID();
        const value = benchBody(id, new Date().toISOString(), paymentId);
        await producer.send({ topic, messages: [{ key: paymentId, value, headers: headersOf(id, paymentId) }] });
      },
      async consume(handle) {
        // The wait is only for the bench's sake: `disconnect` lasts as long.
        const consumer = kafkaAt(url).consumer({ groupId: group, maxWaitTimeInMs: 500 });
        await consumer.connect();
        await consumer.subscribe({ topic, fromBeginning: true });
        await consumer.run({
          eachMessage: async ({ message: { headers, value } }) => {
            if (headers?.['event-type']?.toString() !== benchType || value === null) return;
            handle((JSON.parse(value.toString()) as BenchEnvelope).data);
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
