import { connect, type Channel, type ConsumeMessage, type Options } from 'amqplib';
import { names } from '../lab/lab-names.ts';
import { eventually } from './eventually.ts';
import { type } from './events.ts';

/** The broker as another program sees it: plain amqplib, and a producer that is not ours. */
export interface Client {
  /** A channel that ends with the client, or with its first error. */
  channel(): Promise<Channel>;
  /** To the exchange, and stored there: each id becomes a message with the body as JSON. */
  publish(ids: readonly string[], options?: Options.Publish, body?: object): Promise<void>;
  /** To a queue, through the default exchange. */
  send(queue: string, ids: readonly string[], options?: Options.Publish): Promise<void>;
  /** Messages that no consumer holds; undefined where there is no such queue. */
  ready(queue: string): Promise<number | undefined>;
  /** Takes so many messages out of a queue, or as many as lie there. */
  take(queue: string, count?: number): Promise<readonly ConsumeMessage[]>;
  delete(queue: string): Promise<void>;
  close(): Promise<void>;
}

export async function openClient(url: string): Promise<Client> {
  const connection = await connect(url);
  connection.on('error', () => {});
  const confirming = await connection.createConfirmChannel();
  confirming.on('error', () => {});

  async function channel(): Promise<Channel> {
    const opened = await connection.createChannel();
    opened.on('error', () => {});
    return opened;
  }

  /** On a channel of its own: a refusal closes it. */
  async function withChannel<T>(use: (own: Channel) => Promise<T>): Promise<T> {
    const own = await channel();
    try {
      return await use(own);
    } finally {
      await own.close().catch(() => {});
    }
  }

  const ready = (queue: string) =>
    withChannel(async (own) => (await own.checkQueue(queue)).messageCount).catch(() => undefined);

  return {
    channel,
    async publish(ids, options = {}, body = {}) {
      const content = Buffer.from(JSON.stringify(body));
      for (const messageId of ids)
        confirming.publish(names.exchange, type, content, { persistent: true, type, ...options, messageId });
      await confirming.waitForConfirms();
    },
    async send(queue, ids, options = {}) {
      for (const messageId of ids)
        confirming.sendToQueue(queue, Buffer.from('{}'), { persistent: true, type, ...options, messageId });
      await confirming.waitForConfirms();
    },
    ready,
    async take(queue, count) {
      const wanted = count ?? (await ready(queue)) ?? 0;
      return withChannel(async (own) => {
        // A consumer, because the broker refuses `get` on queues with a single active one.
        const found: ConsumeMessage[] = [];
        await own.consume(queue, (message) => void (message !== null && found.push(message)), { noAck: true });
        await eventually(`${wanted} messages in ${queue}`, () => found.length >= wanted);
        return found;
      });
    },
    delete: (queue) => withChannel(async (own) => void (await own.deleteQueue(queue))),
    close: () => connection.close(),
  };
}
