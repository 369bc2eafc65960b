import type { DeliveryState } from '@payments/events-core';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { NativeRecord } from '../mapping.ts';
import { textOf } from './header-text.ts';
import { put, valuesOf, type HeaderValue } from './header-values.ts';

/** The one header of ours that a copy carries beside the original's. */
export const copyHeader = 'payments-events-copy';

/** What our copies carry, as JSON in one header. */
export interface CopyNote {
  readonly state: DeliveryState;
  /** Where the original lies, over any number of copies. */
  readonly position: string;
  readonly group: string;
  /** When a retry is to be handed over, in milliseconds since the Unix epoch. */
  readonly dueAt?: number;
  /** Of a dead letter. */
  readonly reason?: string;
  /** Of a dead letter, in milliseconds since the Unix epoch. */
  readonly diedAt?: number;
}

/** With what `toCopy` has added for `originalOf`. */
export interface StoredNote extends CopyNote {
  /** Of the original record, in milliseconds since the Unix epoch: a copy has a later one, by which Kafka deletes it. */
  readonly timestamp?: number;
  /** Somebody else's values of our header, as base64; null where there is none. */
  readonly shadowed?: readonly (string | null)[];
  /** Headers without a value, which the client cannot write: the name, and the place among those of that name. */
  readonly nulls?: readonly (readonly [name: string, place: number])[];
}

/** A record for a topic of ours. */
export interface CopyRecord extends NativeRecord {
  /** By which it is spread over partitions. */
  readonly position: string;
}

/**
 * A copy of the native record. Key bytes, a null value, binary and repeated headers survive; the order of headers with
 * different names is not the client's to keep. Of a message that is itself a copy its original is to be given.
 */
export function toCopy(original: KafkaMessage, note: CopyNote): CopyRecord {
  const headers: IHeaders = {};
  const nulls: [string, number][] = [];
  let shadowed: StoredNote['shadowed'];
  for (const name of Object.keys(original.headers ?? {})) {
    const values = valuesOf(original.headers?.[name]);
    if (name === copyHeader) shadowed = values.map(inBase64);
    else {
      const written = values.filter((value) => value !== null);
      if (written.length < values.length) values.forEach((value, place) => value === null && nulls.push([name, place]));
      if (written.length > 0) put(headers, name, written.length === 1 ? written[0] : written);
    }
  }
  const timestamp = Number(original.timestamp);
  const stored: StoredNote = {
    ...note,
    ...(Number.isSafeInteger(timestamp) && timestamp >= 0 ? { timestamp } : {}),
    ...(shadowed === undefined ? {} : { shadowed }),
    ...(nulls.length === 0 ? {} : { nulls }),
  };
  headers[copyHeader] = JSON.stringify({ v: 1, ...stored });
  return { key: original.key, value: original.value, headers, position: note.position };
}

function inBase64(value: HeaderValue): string | null {
  if (value === null) return null;
  return (typeof value === 'string' ? Buffer.from(value) : value).toString('base64');
}

/**
 * The note of one of our copies. To be asked only of what was read from a retry or dead-letters topic of ours: elsewhere the
 * header is somebody else's. Undefined where there is none, or none of ours.
 */
export function noteOf({ headers }: KafkaMessage): StoredNote | undefined {
  const text = valuesOf(headers?.[copyHeader]).at(-1);
  if (text === undefined || text === null) return undefined;
  try {
    return checkedNote(JSON.parse((typeof text === 'string' ? text : textOf(text)) ?? ''));
  } catch {
    return undefined;
  }
}

function checkedNote(value: unknown): StoredNote | undefined {
  if (!isRecord(value) || value['v'] !== 1 || !isRecord(value['state'])) return undefined;
  const { state, position, group, dueAt, reason, diedAt, timestamp, shadowed, nulls } = value;
  if (!Object.values(state).every((one) => typeof one === 'string')) return undefined;
  if (typeof position !== 'string' || typeof group !== 'string') return undefined;
  return {
    state: state as DeliveryState,
    position,
    group,
    ...(isTime(dueAt) ? { dueAt } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(isTime(diedAt) ? { diedAt } : {}),
    ...(isTime(timestamp) ? { timestamp } : {}),
    ...(Array.isArray(shadowed) ? { shadowed: shadowed.filter((one) => typeof one === 'string' || one === null) } : {}),
    ...(Array.isArray(nulls) ? { nulls: nulls.filter(isPlace) } : {}),
  };
}

function isPlace(value: unknown): value is [string, number] {
  return Array.isArray(value) && typeof value[0] === 'string' && Number.isSafeInteger(value[1]) && value[1] >= 0;
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number.isFinite(new Date(value as number).getTime());
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy as it was before it was copied, but for its place: headers and time are the original's. `note` is the copy's own. */
export function originalOf(copy: KafkaMessage, note: StoredNote): KafkaMessage {
  const { timestamp, shadowed, nulls } = note;
  // The client's types have no null.
  const headers: Record<string, unknown> = {};
  for (const name of Object.keys(copy.headers ?? {})) {
    if (name !== copyHeader) put(headers, name, copy.headers?.[name]);
  }
  if (shadowed !== undefined && shadowed.length > 0) headers[copyHeader] = joined(shadowed.map(fromBase64));
  for (const [name, place] of nulls ?? []) {
    const values = Object.hasOwn(headers, name) ? valuesOf(headers[name]) : [];
    put(headers, name, joined(values.toSpliced(place, 0, null)));
  }
  return { ...copy, headers, timestamp: timestamp === undefined ? copy.timestamp : String(timestamp) } as KafkaMessage;
}

function fromBase64(value: string | null): Buffer | null {
  return value === null ? null : Buffer.from(value, 'base64');
}

/** As the client shows it: an array only for several. */
function joined(values: readonly HeaderValue[]): unknown {
  return values.length === 1 ? values[0] : values;
}
