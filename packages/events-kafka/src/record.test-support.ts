import { createRequire } from 'node:module';
import type { OutgoingMessage } from '@payments/events-core';
import type { KafkaMessage } from 'kafkajs';
import { toNative, type NativeRecord } from './mapping.ts';

const require = createRequire(import.meta.url);

interface Encoder {
  readonly buffer: Buffer;
}
type Encode = (record: NativeRecord & { timestampDelta: number }) => Encoder;
interface Decoder {
  readVarInt(): number;
}
type Decode = (decoder: Decoder, context: object) => KafkaMessage;

/** The client's own: what a test says of the wire is what the client does. */
const wire = 'kafkajs/src/protocol';
const encode = require(`${wire}/recordBatch/record/v0/index.js`) as Encode;
const decode = require(`${wire}/recordBatch/record/v0/decoder.js`) as Decode;
const NativeDecoder = require(`${wire}/decoder.js`) as new (bytes: Buffer) => Decoder;

export interface Place {
  readonly offset?: string;
  readonly timestamp?: string;
}

/** A record as its consumer gets it. */
export function arrived(record: NativeRecord, { offset = '0', timestamp = '1790000000000' }: Place = {}): KafkaMessage {
  const decoder = new NativeDecoder(encode({ ...record, timestampDelta: 0 }).buffer);
  // The record's own length.
  decoder.readVarInt();
  return decode(decoder, { firstOffset: offset, firstTimestamp: timestamp, magicByte: 2 });
}

/** An event as its consumer gets it. */
export function delivered(message: OutgoingMessage, place?: Place): KafkaMessage {
  return arrived(toNative(message), place);
}

/** As other libraries write it: headers may be repeated, have no value, or any name. */
export interface ForeignRecord extends Omit<NativeRecord, 'headers'> {
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
}

/** Written byte by byte: the client itself cannot write all of this. */
export function foreign({ key, value, headers }: ForeignRecord, place?: Place): KafkaMessage {
  const bytes = Buffer.concat([
    // Attributes, timestamp, offset.
    Buffer.from([0, 0, 0]),
    lengthAnd(typeof key === 'string' ? Buffer.from(key) : key),
    lengthAnd(value),
    zigzag(headers.length),
    ...headers.flatMap(([name, one]) => [lengthAnd(Buffer.from(name)), lengthAnd(one)]),
  ]);
  const { offset = '0', timestamp = '1790000000000' } = place ?? {};
  return decode(new NativeDecoder(bytes), { firstOffset: offset, firstTimestamp: timestamp, magicByte: 2 });
}

function lengthAnd(bytes: Buffer | null): Buffer {
  return bytes === null ? zigzag(-1) : Buffer.concat([zigzag(bytes.length), bytes]);
}

function zigzag(value: number): Buffer {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}
