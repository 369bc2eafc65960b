import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, type ChannelModel, type ConsumeMessage } from 'amqplib';
import { benchBody, benchType, type BenchEnvelope } from '../bench-event.ts';
import { heldAtOnce, type Contender } from '../contest/contender.ts';
import { declareQueues, queuesOf, removeOwn } from './queues.ts';

const queues = queuesOf('tuned');

/** Unconfirmed publishes on the channel. Further ones wait here: the broker is slower with more before it. */
const window = 500;

/** The fastest program on amqplib that we can write. What helped, and what did not, stands in `benchmarks/README.md`. */
export const tuned: Contender = {
  async open(url) {
    // Room for a whole window: a corked socket that is full would make amqplib wait, and write the rest one by one.
    const publishing = await connect(url, { noDelay: true, writableHighWaterMark: 1_048_576 } as { noDelay: boolean });
    const consuming = await connect(url, { noDelay: true });
    const admin = await consuming.createChannel();
    await declareQueues(admin, queues);
    const channel = await publishing.createConfirmChannel();
    const joinWrites = joiningWritesOf(publishing);
    const unroutable = new Set<unknown>();
    channel.on('return', ({ properties }) => unroutable.add(properties.messageId));

    interface Waiting {
      readonly paymentId: string;
      readonly resolve: () => void;
      readonly reject: (error: unknown) => void;
    }
    const waiting: Waiting[] = [];
    let unconfirmed = 0;

    function send({ paymentId, resolve, reject }: Waiting): void {
      const id = randomUUID();
      const body = benchBody(id, new Date().toISOString(), paymentId);
      unconfirmed += 1;
      channel.publish(
        queues.exchange,
        benchType,
        body,
        { persistent: true, mandatory: true, messageId: id, type: benchType, contentType: 'application/json' },
        (error: unknown) => {
          unconfirmed -= 1;
          if (error !== null) reject(error);
          else if (unroutable.size > 0 && unroutable.delete(id)) reject(new Error(`No queue has taken ${id}.`));
          else resolve();
          const next = waiting.shift();
          if (next !== undefined) send(next);
        },
      );
      joinWrites();
    }

    return {
      publish: (paymentId) =>
        new Promise((resolve, reject) => {
          const one = { paymentId, resolve, reject };
          if (unconfirmed < window) send(one);
          else waiting.push(one);
        }),
      async consume(handle) {
        const channel = await consuming.createChannel();
        await channel.prefetch(heldAtOnce);
        let last: ConsumeMessage | undefined;
        // One acknowledgement for all that one turn has brought.
        const acknowledge = (): void => {
          if (last !== undefined) channel.ack(last, true);
          last = undefined;
        };
        const { consumerTag } = await channel.consume(queues.work, (message) => {
          if (message === null) throw new Error('The queue is gone.');
          handle((JSON.parse(message.content.toString()) as BenchEnvelope).data);
          if (last === undefined) setImmediate(acknowledge);
          last = message;
        });
        return {
          async stop() {
            await channel.cancel(consumerTag);
            acknowledge();
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

/**
 * amqplib writes each message by a system call of its own. Corked, the socket collects those of one turn and writes them
 * at once. amqplib hands them to the socket in an immediate that it schedules in the tick after the publish.
 */
function joiningWritesOf(model: ChannelModel): () => void {
  const { stream } = model.connection as unknown as { readonly stream: Socket };
  let corked = false;
  const uncork = (): void => {
    corked = false;
    stream.uncork();
  };
  return () => {
    if (corked) return;
    corked = true;
    stream.cork();
    process.nextTick(() => setImmediate(uncork));
  };
}
