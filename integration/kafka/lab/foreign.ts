import type { OutgoingMessage } from '@payments/events-core';
import { Kafka, logLevel, type IHeaders } from 'kafkajs';
import type { Address } from './wire.ts';

export interface ForeignRecord {
  readonly topic: string;
  readonly message: OutgoingMessage;
  /** Without a value, as a record that deletes its key in a compacted topic. @default false */
  readonly withoutValue?: boolean;
}

/**
 * Sends as another program does that knows Kafka: with headers that are no text, that repeat and that are written in upper
 * case, and with one that our adapter writes into its own copies.
 */
export async function sendForeign(
  admin: Address,
  { topic, message, withoutValue = false }: ForeignRecord,
): Promise<void> {
  const { id, type, key, body } = message;
  const kafka = new Kafka({
    clientId: 'another-program',
    brokers: [`${admin.host}:${admin.port}`],
    logLevel: logLevel.NOTHING,
  });
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: () => () => 0 });
  const headers: IHeaders = {
    'event-id': id,
    'event-type': type,
    ...message.headers,
    'X-Upper-Case': 'Yes',
    repeated: ['first', Buffer.from([0xff, 0x00]), 'last'],
    binary: Buffer.from([0, 255, 254]),
    empty: '',
    'payments-events-copy': JSON.stringify({ v: 1, state: { attempt: '99' }, group: 'forged', position: 'forged/0/0' }),
  };
  const value = withoutValue ? null : Buffer.from(body);
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages: [{ key: key ?? null, value, headers }] });
  } finally {
    await producer.disconnect();
  }
}
