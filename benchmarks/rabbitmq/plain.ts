import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { benchBody, benchType, type BenchEnvelope } from '../bench-event.ts';
import { heldAtOnce, type Contender } from '../contest/contender.ts';
import { declareQueues, queuesOf, removeOwn } from './queues.ts';

const queues = queuesOf('plain');

/** amqplib as its documentation uses it: defaults, a confirm callback for each publish, an acknowledgement for each event. */
export const plain: Contender = {
  async open(url) {
    const publishing = await connect(url);
    const consuming = await connect(url);
    const admin = await consuming.createChannel();
    await declareQueues(admin, queues);
    const channel = await publishing.createConfirmChannel();
    // The broker confirms what no queue has taken as well, and says so before.
    const unroutable = new Set<unknown>();
    channel.on('return', ({ properties }) => unroutable.add(properties.messageId));

    return {
      publish: (paymentId) =>
        new Promise((resolve, reject) => {
          const id = randomUUID();
          const body = benchBody(id, new Date().toISOString(), paymentId);
          const options = {
            persistent: true,
            mandatory: true,
            messageId: id,
            type: benchType,
            contentType: 'application/json',
          };
          channel.publish(queues.exchange, benchType, body, options, (error: unknown) => {
            if (error !== null) reject(error);
            else if (unroutable.delete(id)) reject(new Error(`No queue has taken ${id}.`));
            else resolve();
          });
        }),
      async consume(handle) {
        const channel = await consuming.createChannel();
        await channel.prefetch(heldAtOnce);
        const { consumerTag } = await channel.consume(queues.work, (message) => {
          if (message === null) throw new Error('The queue is gone.');
          handle((JSON.parse(message.content.toString()) as BenchEnvelope).data);
          channel.ack(message);
        });
        return {
          async stop() {
            await channel.cancel(consumerTag);
            await channel.close();
          },
        };
      },
      waiting: async () => (await admin.checkQueue(queues.work)).messageCount,
      async close() {
        await removeOwn(admin, queues);
        await publishing.close();
        await consuming.close();
      },
    };
  },
};
