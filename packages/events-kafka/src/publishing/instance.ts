import { within, type Clock } from '@payments/events-core';
import type { ProducerRecord, RecordMetadata } from 'kafkajs';
import type { Client } from '../connection/client.ts';

/** One producer of the client, connected. */
export interface Instance {
  /** May never settle: the client's own limits do not reach everything. */
  send(record: ProducerRecord): Promise<RecordMetadata[]>;
  /** What it is asked it may still answer; then it says goodbye and frees its sockets. */
  retire(): void;
  /** Resolves when it has said goodbye and freed its sockets. Nothing may be asked. */
  close(): Promise<void>;
  /** What it is asked is not answered any more. */
  destroy(why: Error): void;
  /** It connects anew by itself. */
  cut(why: Error): void;
}

export interface InstanceOptions {
  readonly clock: Clock;
  readonly client: Client;
  /** How long it may take to connect. */
  readonly connectMs: number;
}

/** For the client to say goodbye. */
const byeMs = 1_000;

/** Its sockets are freed if this rejects. */
export async function openInstance({ clock, client, connectMs }: InstanceOptions): Promise<Instance> {
  const producer = client.kafka.producer({
    // Each message says its own. The client's partitioners look at all partitions for each message.
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
    allowAutoTopicCreation: false,
    // Its sequence is rolled back when an answer is late, and the next message taken for the one before.
    idempotent: false,
    retry: { retries: 0 },
  });
  const soon = { clock, who: 'Kafka' };
  let asked = 0;
  let retired = false;

  function destroy(why: Error): void {
    client.destroy(why);
  }

  async function close(): Promise<void> {
    try {
      await within(producer.disconnect(), { ...soon, ms: byeMs, what: 'close a connection' });
    } catch {
      // It is destroyed all the same.
    }
    destroy(new Error('This connection to Kafka is not needed any more.'));
  }

  try {
    await within(producer.connect(), { ...soon, ms: connectMs, what: 'take a connection to publish' });
  } catch (error) {
    destroy(new Error('A connection to Kafka was given up.', { cause: error }));
    throw error;
  }
  return {
    async send(record) {
      asked += 1;
      try {
        return await producer.send(record);
      } finally {
        asked -= 1;
        if (retired && asked === 0) void close();
      }
    },
    retire() {
      retired = true;
      if (asked === 0) void close();
    },
    close,
    destroy,
    cut: client.cut,
  };
}
