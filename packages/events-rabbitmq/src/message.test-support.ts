import type { ConsumeMessage, MessageFields, Options } from 'amqplib';
import { toNative } from './mapping.ts';
import type { OutgoingMessage } from '@payments/events-core';

const noProperties = {
  contentType: undefined,
  contentEncoding: undefined,
  headers: undefined,
  deliveryMode: undefined,
  priority: undefined,
  correlationId: undefined,
  replyTo: undefined,
  expiration: undefined,
  messageId: undefined,
  timestamp: undefined,
  type: undefined,
  userId: undefined,
  appId: undefined,
  clusterId: undefined,
};

/** As the client would deliver what was published so. */
export function delivered(
  properties: Options.Publish,
  fields: Partial<MessageFields> = {},
  content: Buffer = Buffer.alloc(0),
): ConsumeMessage {
  const { persistent, ...native } = properties;
  return {
    content,
    fields: {
      deliveryTag: 1,
      redelivered: false,
      exchange: 'payments',
      routingKey: 'a.b',
      consumerTag: 'c',
      ...fields,
    },
    properties: {
      ...noProperties,
      ...native,
      deliveryMode: persistent === true ? 2 : 1,
    } as ConsumeMessage['properties'],
  };
}

/** An event as its consumer gets it. */
export function arrived(message: OutgoingMessage, fields: Partial<MessageFields> = {}): ConsumeMessage {
  const { properties, content, routingKey } = toNative(message);
  return delivered(properties, { routingKey, ...fields }, content);
}

/** What one copy more would be. */
export const throughDefault: Partial<MessageFields> = { exchange: '', routingKey: 'payment_g' };
