import type { PreparedEvent } from '../events/event.ts';

/** What a body says. Nothing in it is believed beyond its shape: the data is not validated yet. */
export interface DecodedEvent {
  /** Absent where a foreign producer sent none; core then derives a stable one. */
  readonly id?: string | undefined;
  readonly type: string;
  readonly time: Date;
  readonly source: string;
  readonly key?: string | undefined;
  readonly data: unknown;
  /** The number in `data[field]` as it was written on the wire, digit for digit; undefined where it is no number. */
  numberText(field: string): string | undefined;
}

/** Events to bytes and back: pure, synchronous, without state. */
export interface Codec {
  /** Media type, also the `content-type` header; a message is decoded by the codec its header names, or by the first. */
  readonly contentType: string;
  encode(event: PreparedEvent): Uint8Array;
  /** @throws {UndecodableError} when the body is not an event. */
  decode(body: Uint8Array): DecodedEvent;
}
