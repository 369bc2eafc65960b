/** The primitive types of Kafka's protocol. @see https://kafka.apache.org/protocol#protocol_types */

function sized(length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(length);
  write(bytes);
  return bytes;
}

export const int8 = (value: number) => sized(1, (bytes) => bytes.writeInt8(value));
export const int16 = (value: number) => sized(2, (bytes) => bytes.writeInt16BE(value));
export const int32 = (value: number) => sized(4, (bytes) => bytes.writeInt32BE(value));
export const int64 = (value: number) => sized(8, (bytes) => bytes.writeBigInt64BE(BigInt(value)));

export function string(text: string | null): Buffer {
  return text === null ? int16(-1) : Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)]);
}

export function bytes(value: Uint8Array): Buffer {
  return Buffer.concat([int32(value.length), value]);
}

export function array<T>(items: readonly T[], write: (item: T) => Buffer): Buffer {
  return Buffer.concat([int32(items.length), ...items.map(write)]);
}

/** Of requests of a flexible version, whose lengths are one more than they say, in as few bytes as they need. */
export const flexible = {
  length(value: number): Buffer {
    const septets: number[] = [];
    for (let left = value + 1; left > 0 || septets.length === 0; left = Math.floor(left / 128))
      septets.push((left % 128) + (left > 127 ? 128 : 0));
    return Buffer.from(septets);
  },
  bytes: (value: string | Uint8Array) => Buffer.concat([flexible.length(Buffer.byteLength(value)), Buffer.from(value)]),
  array: <T>(items: readonly T[], write: (item: T) => Buffer) =>
    Buffer.concat([flexible.length(items.length), ...items.map(write)]),
  noTags: Buffer.from([0]),
};

export interface Reader {
  int8(): number;
  int16(): number;
  int32(): number;
  int64(): number;
  string(): string | null;
  bytes(): Buffer | null;
  array<T>(read: () => T): T[];
  /** Zigzag, as records have them. */
  varint(): number;
  /** Of a flexible version. */
  length(): number;
  take(length: number): Buffer;
  readonly left: number;
}

export function readerOf(source: Buffer): Reader {
  let at = 0;

  function take(length: number): Buffer {
    if (at + length > source.length) throw new RangeError('Kafka’s answer ends too early');
    at += length;
    return source.subarray(at - length, at);
  }

  function unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const septet = take(1).readUInt8();
      value += (septet & 127) * factor;
      if (septet < 128) return value;
    }
  }

  const reader: Reader = {
    int8: () => take(1).readInt8(),
    int16: () => take(2).readInt16BE(),
    int32: () => take(4).readInt32BE(),
    int64: () => Number(take(8).readBigInt64BE()),
    string() {
      const length = reader.int16();
      return length < 0 ? null : take(length).toString('utf8');
    },
    bytes() {
      const length = reader.int32();
      return length < 0 ? null : take(length);
    },
    array: (read) => Array.from({ length: Math.max(0, reader.int32()) }, read),
    varint() {
      const value = unsigned();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
    length: () => unsigned() - 1,
    take,
    get left() {
      return source.length - at;
    },
  };
  return reader;
}
