import { randomUUID } from 'node:crypto';
import type { Headers, OutgoingMessage } from '@payments/events-core';

export interface ForeignMessage {
  readonly body: Uint8Array | string;
  readonly type: string;
  /** The message's own id, beside the body. @default a random UUID */
  readonly id?: string;
  readonly key?: string;
  /** @default what FastStream sends */
  readonly headers?: Headers;
}

/** A message with a hand-made body, as somebody else's program would send it. */
export function foreignMessage({
  body,
  id = randomUUID(),
  headers = fastStreamHeaders(),
  ...rest
}: ForeignMessage): OutgoingMessage {
  return { id, headers, body: typeof body === 'string' ? Buffer.from(body) : body, ...rest };
}

/** The body that the Python library writes: no id, microseconds, a numeric offset. */
export function pythonBody(type: string, data: unknown): string {
  return pythonBodyOf(type, JSON.stringify(data));
}

/** The same, with the text of the data as it is, for numbers that `JSON.stringify` would write otherwise. */
export function pythonBodyOf(type: string, dataText: string): string {
  return `{"event_type": ${JSON.stringify(type)}, "timestamp": "2026-11-23T09:00:36.165575+00:00", "data": ${dataText}}`;
}

function fastStreamHeaders(): Headers {
  return { 'content-type': 'application/json', correlation_id: randomUUID() };
}
