import type { IncomingMessage, OutgoingMessage } from '@payments/events-core';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { textOf } from './messages/header-text.ts';
import { put, valuesOf } from './messages/header-values.ts';

/** What the client publishes, whatever topic it is for. */
export interface NativeRecord {
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
}

/**
 * Where core's headers do not say of a message what it is. No event has a header with a `:` in its name, and where somebody
 * else's record has one of these it is not shown.
 */
const own = { id: 'payments:id', type: 'payments:type', key: 'payments:key' } as const;

/** As the broker gets it. Neither the body nor core's headers are copied. */
export function toNative({ id, type, key, headers, body }: OutgoingMessage): NativeRecord {
  const value = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const sameId = headers['event-id'] === id;
  const sameType = headers['event-type'] === type;
  const noOtherKey = key !== undefined || headers['event-key'] === undefined;
  if (sameId && sameType && noOtherKey) return { key: key ?? null, value, headers };
  const more: Record<string, string> = {};
  if (!sameId) more[own.id] = id;
  if (!sameType) more[own.type] = type;
  if (!noOtherKey) more[own.key] = '';
  return { key: key ?? null, value, headers: { ...headers, ...more } };
}

const nothing = Buffer.alloc(0);

/**
 * As core sees it, whoever sent it: header names in lower case, the last of several, and what is no text left out. Of a copy
 * its original is to be given (`originalOf`). Never throws. The body is not copied.
 */
export function toIncoming(message: KafkaMessage): IncomingMessage {
  const headers: Record<string, string> = {};
  const said: Record<string, string> = {};
  for (const name in message.headers) {
    const text = lastText(message.headers[name]);
    if (text === undefined) continue;
    if (name === own.id || name === own.type || name === own.key) said[name] = text;
    else put(headers, name.toLowerCase(), text);
  }
  const id = said[own.id] ?? headers['event-id'];
  const type = said[own.type] ?? headers['event-type'];
  const key = (message.key === null ? undefined : textOf(message.key)) || (said[own.key] ?? headers['event-key']);
  return {
    ...(isText(id) ? { id } : {}),
    ...(isText(type) ? { type } : {}),
    ...(isText(key) ? { key } : {}),
    headers,
    body: message.value ?? nothing,
  };
}

function lastText(value: unknown): string | undefined {
  // The usual case.
  if (Buffer.isBuffer(value)) return textOf(value);
  let last: string | undefined;
  for (const one of valuesOf(value)) {
    const text = typeof one === 'string' ? one : one === null ? undefined : textOf(one);
    if (text !== undefined) last = text;
  }
  return last;
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** The broker's coordinate of a record. */
export function positionOf(topic: string, partition: number, offset: string | number): string {
  return `${topic}/${partition}/${offset}`;
}
