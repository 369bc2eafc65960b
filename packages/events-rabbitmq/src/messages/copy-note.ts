import type { DeliveryState } from '@payments/events-core';
import type { Message, Options } from 'amqplib';
import { safeTable, safeText, safeValue } from './safe-table.ts';

/**
 * Headers of our own. No event has a header with a `:` in its name, and where somebody else's message has one of these it is
 * theirs that is not shown.
 */
export const privateHeaders = {
  /** What a copy carries beside the original. */
  note: 'payments:note',
  /** Names one storing of a copy: which of them was returned, and which letter is meant. */
  copy: 'payments:copy',
  key: 'payments:key',
  id: 'payments:id',
  /** Marks the end of a sweep. */
  sentinel: 'payments:sentinel',
} as const;

const ours: ReadonlySet<string> = new Set(Object.values(privateHeaders));

/** Native properties that would change the fate of a copy, and where the original came from. */
export interface NativeNote {
  readonly exchange?: string;
  readonly routingKey?: string;
  readonly userId?: string;
  readonly replyTo?: string;
  readonly expiration?: string;
  readonly priority?: number;
  readonly CC?: unknown;
  readonly BCC?: unknown;
}

/** What our copies carry, as JSON in one header. */
export interface CopyNote {
  readonly state: DeliveryState;
  /** Deliveries that ended without a settlement; absent: none. */
  readonly unsettled?: number;
  /** Of a dead letter. */
  readonly reason?: string;
  /** Of a dead letter, in milliseconds since the Unix epoch. */
  readonly diedAt?: number;
  /** Of a dead letter. */
  readonly group?: string;
  /** Written by `toCopy`. */
  readonly native?: NativeNote;
}

export interface StoredCopy {
  readonly content: Buffer;
  readonly properties: Options.Publish;
}

/** Names of a message's headers that are neither ours nor the broker's own. */
export function storedHeaders(table: Readonly<Record<string, unknown>>): string[] {
  const died = Array.isArray(table['x-death']);
  return Object.keys(table).filter((name) => {
    if (!name.startsWith('x-')) return !ours.has(name);
    // The broker's are numbers and lists; a producer's header of that name is a string, and stays.
    if (name === 'x-delivery-count' || name === 'x-acquired-count' || name === 'x-death')
      return typeof table[name] === 'string';
    return !(died && /^x-(?:first|last)-death-/.test(name));
  });
}

/**
 * The note of one of our copies. Believed only on what came through the default exchange: events come through another,
 * whatever headers their producers write.
 */
export function noteOf({ fields, properties }: Message): CopyNote | undefined {
  if (fields.exchange !== '') return undefined;
  const text: unknown = properties.headers?.[privateHeaders.note];
  if (typeof text !== 'string') return undefined;
  try {
    return checkedNote(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function checkedNote(value: unknown): CopyNote | undefined {
  if (!isRecord(value) || !isRecord(value['state'])) return undefined;
  const { state, unsettled, reason, diedAt, group, native } = value;
  if (!Object.values(state).every((one) => typeof one === 'string')) return undefined;
  return {
    state: state as DeliveryState,
    ...(Number.isSafeInteger(unsettled) && (unsettled as number) >= 0 ? { unsettled: unsettled as number } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(Number.isFinite(diedAt) ? { diedAt: diedAt as number } : {}),
    ...(typeof group === 'string' ? { group } : {}),
    ...(isRecord(native) ? { native: native as NativeNote } : {}),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a message came from at first, and what its sender asked of the broker, over any number of copies. */
export function nativeOf(message: Message): NativeNote {
  const earlier = noteOf(message)?.native;
  if (earlier !== undefined) return earlier;
  const { fields, properties } = message;
  const { userId, replyTo, expiration, priority, headers } = properties;
  const { CC, BCC } = headers ?? {};
  return {
    ...origin(fields, headers?.['x-death']),
    ...(typeof userId === 'string' ? { userId } : {}),
    ...(typeof replyTo === 'string' ? { replyTo } : {}),
    ...(typeof expiration === 'string' ? { expiration } : {}),
    ...(typeof priority === 'number' ? { priority } : {}),
    ...(CC === undefined ? {} : { CC: safeValue(CC) }),
    ...(BCC === undefined ? {} : { BCC: safeValue(BCC) }),
  };
}

/** What the broker itself has moved names its first place last. */
function origin(
  { exchange, routingKey }: Message['fields'],
  deaths: unknown,
): Pick<NativeNote, 'exchange' | 'routingKey'> {
  const first: unknown = exchange === '' && Array.isArray(deaths) ? deaths.at(-1) : undefined;
  if (!isRecord(first)) return { exchange, routingKey };
  const keys = first['routing-keys'];
  const firstKey: unknown = Array.isArray(keys) ? keys[0] : undefined;
  return {
    exchange: typeof first['exchange'] === 'string' ? first['exchange'] : exchange,
    routingKey: typeof firstKey === 'string' ? firstKey : routingKey,
  };
}

/** What can be said again of a message: all but what would send it elsewhere, have it refused, or let it expire. */
export function toHarmless({
  properties,
  content,
}: Message): StoredCopy & { readonly headers: Record<string, unknown> } {
  const table: Readonly<Record<string, unknown>> = properties.headers ?? {};
  const kept: Record<string, unknown> = {};
  for (const name of storedHeaders(table)) if (name !== 'CC' && name !== 'BCC') kept[name] = table[name];
  const headers = safeTable(kept);
  for (const name of [privateHeaders.key, privateHeaders.id]) {
    if (typeof table[name] === 'string') headers[name] = table[name];
  }
  const copied: Options.Publish = { mandatory: true, persistent: true, headers };
  for (const name of ['contentType', 'contentEncoding', 'correlationId', 'messageId', 'type', 'appId'] as const) {
    const value = safeText(properties[name]);
    if (value !== undefined) copied[name] = value;
  }
  if (Number.isSafeInteger(properties.timestamp)) copied.timestamp = properties.timestamp as number;
  return { content, properties: copied, headers };
}

/**
 * A copy of the native message, for a queue of ours. What would change its fate stands in the note, and so does what the
 * reader is to know; all else is as it was.
 */
export function toCopy(message: Message, note: CopyNote): StoredCopy {
  const { content, properties, headers } = toHarmless(message);
  headers[privateHeaders.note] = JSON.stringify({ ...note, native: nativeOf(message) });
  return { content, properties };
}
