import { connect, type Channel } from 'amqplib';
import { benchType } from '../bench-event.ts';

/** Where the events of one contender go: an exchange and queues of its own, so that none sees the others' events. */
export interface Queues {
  readonly exchange: string;
  readonly work: string;
  readonly dead: string;
}

export function queuesOf(contender: string): Queues {
  const name = `bench-${contender}`;
  return { exchange: name, work: name, dead: `${name}.dead-letters` };
}

/**
 * Empty, and with the arguments that our adapter gives its own: a queue that promises less is quicker. `ours.ts` has the
 * broker check that they are the same.
 */
export async function declareQueues(channel: Channel, queues: Queues): Promise<void> {
  const { exchange, work, dead } = queues;
  await removeOwn(channel, queues);
  await channel.assertQueue(dead, { arguments: { 'x-queue-type': 'quorum' } });
  await assertWorkQueue(channel, queues);
  await channel.assertExchange(exchange, 'topic');
  await channel.bindQueue(work, exchange, benchType);
}

export async function assertWorkQueue(channel: Channel, { work, dead }: Pick<Queues, 'work' | 'dead'>): Promise<void> {
  await channel.assertQueue(work, {
    arguments: {
      'x-queue-type': 'quorum',
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': dead,
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
      'x-delivery-limit': 1_000,
      'x-consumer-timeout': 3_600_000,
    },
  });
}

export function removeOwn(channel: Channel, { exchange, work, dead }: Queues): Promise<void> {
  return removeQueues(channel, { exchange, queues: [work, dead] });
}

/** What is not there is not missed. */
export async function removeQueues(
  channel: Channel,
  { exchange, queues }: { readonly exchange: string; readonly queues: readonly string[] },
): Promise<void> {
  for (const queue of queues) await channel.deleteQueue(queue);
  for (const name of [`${exchange}.group-bindings`, exchange]) await channel.deleteExchange(name);
}

/** On a connection of its own. */
export async function asAdmin<T>(url: string, act: (channel: Channel) => Promise<T>): Promise<T> {
  const connection = await connect(url);
  try {
    return await act(await connection.createChannel());
  } finally {
    await connection.close();
  }
}
