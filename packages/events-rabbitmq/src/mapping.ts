import type { IncomingMessage, OutgoingMessage } from '@payments/events-core';
import type { ConsumeMessage, Message, Options } from 'amqplib';
import { headerText } from './messages/header-text.ts';
import { nativeOf, privateHeaders, storedHeaders, toHarmless } from './messages/copy-note.ts';

/** What the client publishes. */
export interface NativeMessage {
  readonly routingKey: string;
  readonly content: Buffer;
  readonly properties: Options.Publish;
}

/** AMQP's short strings: ids and types of contract messages nearly always fit. */
const maxShortString = 255;

/** As the broker gets it. The body is not copied. */
export function toNative({ id, type, key, headers, body }: OutgoingMessage): NativeMessage {
  const properties: Options.Publish = { mandatory: true, persistent: true, type, headers };
  const contentType = headers['content-type'];
  // For consumers of other libraries: they look for it there.
  if (contentType !== undefined && fits(contentType)) properties.contentType = contentType;
  const idFits = fits(id);
  if (idFits) properties.messageId = id;
  // Core says the key in a header of its own; saying it twice would cost every event a copy of its headers.
  if (!idFits || headers['event-key'] !== key) {
    properties.headers = {
      ...headers,
      ...(idFits ? {} : { [privateHeaders.id]: id }),
      ...(headers['event-key'] === key ? {} : { [privateHeaders.key]: key ?? '' }),
    };
  }
  return { routingKey: type, content: asBuffer(body), properties };
}

function fits(text: string): boolean {
  // No character takes more than three bytes for each of its units.
  return text.length * 3 <= maxShortString || Buffer.byteLength(text) <= maxShortString;
}

function asBuffer(body: Uint8Array): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/**
 * As core sees it, whoever sent it, copies as their originals: header names in lower case, and what is no text left out.
 * Never throws. The body is not copied.
 */
export function toIncoming(message: Message): IncomingMessage {
  const { properties, content } = message;
  const table: Readonly<Record<string, unknown>> = properties.headers ?? {};
  const headers: Record<string, string> = {};
  for (const name of storedHeaders(table)) {
    const text = headerText(table[name]);
    if (text !== undefined) headers[name.toLowerCase()] = text;
  }
  // Other libraries say in properties what ours says in headers.
  if (headers['content-type'] === undefined && isText(properties.contentType))
    headers['content-type'] = properties.contentType;
  if (headers['correlation_id'] === undefined && isText(properties.correlationId))
    headers['correlation_id'] = properties.correlationId;

  const id = idOf(message);
  const type = isText(properties.type) ? properties.type : nativeOf(message).routingKey;
  const said = table[privateHeaders.key];
  const key = typeof said === 'string' ? said : headers['event-key'];
  return {
    ...(id === undefined ? {} : { id }),
    ...(isText(type) ? { type } : {}),
    ...(isText(key) ? { key } : {}),
    headers,
    body: content,
  };
}

/**
 * A parked event as it was published at first, to be published again. Undefined where nobody knows with which routing key:
 * somebody else has put it there.
 */
export function toRepublished(message: Message): (NativeMessage & { readonly id: string | undefined }) | undefined {
  const { content, properties } = toHarmless(message);
  const native = nativeOf(message);
  // We publish with the type as the routing key. What came by an alternate exchange, or was moved by the broker, says its own.
  const routingKey = native.exchange === '' ? properties.type : native.routingKey;
  if (!isText(routingKey)) return undefined;
  return { routingKey, content, properties, id: idOf(message) };
}

/** Of a native message, whoever sent it. */
export function idOf({ properties }: Message): string | undefined {
  if (isText(properties.messageId)) return properties.messageId;
  const id: unknown = properties.headers?.[privateHeaders.id];
  return isText(id) ? id : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/**
 * How often the broker has taken this message back. Not believed at a first delivery: a producer can write these headers.
 * The smaller of the two, because from 4.3 on only one of them is the broker's own.
 */
export function countOf({ fields, properties }: ConsumeMessage): number {
  if (!fields.redelivered) return 0;
  const table: Readonly<Record<string, unknown>> = properties.headers ?? {};
  const counts = [table['x-delivery-count'], table['x-acquired-count']].filter((count) => typeof count === 'number');
  return counts.length === 0 ? 0 : Math.max(0, Math.min(...counts));
}
