import { randomUUID } from 'node:crypto';
import { Partitioners, type Message, type PartitionMetadata, type Producer } from 'kafkajs';
import { benchBody } from '../bench-event.ts';
import { headersOf } from './topics.ts';

interface Target {
  readonly topic: string;
  readonly partitions: PartitionMetadata[];
}

interface Waiting {
  readonly message: Message;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** kafkajs copies a batch once for each message in it: larger ones hold up the event loop, and gain nothing. */
const perSend = 100;
const sendsAtOnce = 4;

/**
 * Collects what is published to a partition while a send of that partition is under way. With one partition in each
 * send, and one send of it at a time, kafkajs neither loses nor reorders when leaders move.
 */
export function createLanes(producer: Producer, { topic, partitions }: Target) {
  const partitionOf = Partitioners.DefaultPartitioner();
  const lanes = partitions.map(() => ({ waiting: [] as Waiting[], busy: false }));
  let sending = 0;
  let scheduled = false;

  function flush(): void {
    scheduled = false;
    // The longest first: it brings the most for one send.
    while (sending < sendsAtOnce) {
      let next = -1;
      for (const [partition, { waiting, busy }] of lanes.entries()) {
        if (!busy && waiting.length > (lanes[next]?.waiting.length ?? 0)) next = partition;
      }
      if (next === -1) return;
      void send(next);
    }
  }

  async function send(partition: number): Promise<void> {
    const lane = lanes[partition];
    if (lane === undefined) return;
    const batch = lane.waiting.splice(0, perSend);
    lane.busy = true;
    sending += 1;
    try {
      const messages = batch.map(({ message }) => message);
      const [row] = await producer.send({ topic, acks: -1, messages });
      if (row?.partition !== partition || row.errorCode !== 0 || Number(row.baseOffset) < 0)
        throw new Error(`Partition ${partition} was not written.`);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    sending -= 1;
    lane.busy = false;
    flush();
  }

  return {
    publish: (paymentId: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const id = randomUUID();
        const value = benchBody(id, new Date().toISOString(), paymentId);
        const message = { key: paymentId, value, headers: headersOf(id, paymentId) };
        const partition = partitionOf({ topic, partitionMetadata: partitions, message });
        lanes[partition]?.waiting.push({ message: { ...message, partition }, resolve, reject });
        if (scheduled) return;
        scheduled = true;
        setImmediate(flush);
      }),
  };
}
