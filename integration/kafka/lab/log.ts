/** Reads whole partitions, as no consumer does: without a group, and so without leaving a trace. */
import { array, int32, int64, int8, readerOf, string } from './bytes.ts';
import { idOf, listOffsets, type TopicPartition } from './topics.ts';
import { ask, must, type Address } from './wire.ts';

export interface LogRecord extends TopicPartition {
  readonly offset: number;
  readonly value: Buffer | null;
  /** As they are stored: repeated ones too. */
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
}

const mostBytes = 50_000_000;

/** All that these partitions hold now, each from its first offset on. */
export async function readAll(at: Address, partitions: readonly TopicPartition[]): Promise<readonly LogRecord[]> {
  const [first, end] = await Promise.all([listOffsets(at, 'first', partitions), listOffsets(at, 'end', partitions)]);
  const found: LogRecord[] = [];
  for (const partition of partitions) {
    const id = idOf(partition);
    const last = end.get(id) ?? 0;
    for (let from = first.get(id) ?? 0; from < last;) {
      const records = await fetch(at, partition, from);
      found.push(...records.filter(({ offset }) => offset >= from));
      from = (records.at(-1)?.offset ?? last) + 1;
    }
  }
  return found;
}

/** Whole batches, of which the first may begin before `from`. Empty at the end of the log. */
async function fetch(at: Address, { topic, partition }: TopicPartition, from: number): Promise<readonly LogRecord[]> {
  const body = Buffer.concat([
    // Not a replica; without waiting for more than a byte.
    int32(-1),
    int32(0),
    int32(1),
    int32(mostBytes),
    // What is not committed does not exist here.
    int8(0),
    array([topic], (name) =>
      Buffer.concat([
        string(name),
        array([partition], (id) => Buffer.concat([int32(id), int64(from), int32(mostBytes)])),
      ]),
    ),
  ]);
  return ask(at, { api: 1, version: 4, body }, (answer) => {
    answer.int32();
    const topics = answer.array(() => {
      answer.string();
      return answer.array(() => {
        answer.int32();
        must(`a fetch from ${topic}`, answer.int16());
        answer.int64();
        answer.int64();
        answer.array(() => [answer.int64(), answer.int64()]);
        return answer.bytes() ?? Buffer.alloc(0);
      });
    });
    return topics.flat().flatMap((bytes) => recordsIn(bytes, { topic, partition }));
  });
}

const batchHeader = 12;
const compression = 0b111;

/** @see https://kafka.apache.org/documentation/#recordbatch */
function recordsIn(bytes: Buffer, place: TopicPartition): readonly LogRecord[] {
  const found: LogRecord[] = [];
  const batches = readerOf(bytes);
  while (batches.left >= batchHeader) {
    const baseOffset = batches.int64();
    const length = batches.int32();
    // The broker cuts what it sends where it has sent enough.
    if (batches.left < length) break;
    const batch = readerOf(batches.take(length));
    // The leader's epoch, the format's version, a checksum.
    batch.take(4 + 1 + 4);
    if ((batch.int16() & compression) !== 0) throw new RangeError('the lab reads no compressed records');
    // Offsets, times and the producer's own.
    batch.take(4 + 8 + 8 + 8 + 2 + 4);
    const count = batch.int32();
    for (let n = 0; n < count; n += 1) {
      batch.varint();
      batch.int8();
      batch.varint();
      const offset = baseOffset + batch.varint();
      const sized = () => {
        const size = batch.varint();
        return size < 0 ? null : batch.take(size);
      };
      sized();
      const value = sized();
      const headers = Array.from({ length: batch.varint() }, () => [sized()?.toString('utf8') ?? '', sized()] as const);
      found.push({ ...place, offset, value, headers });
    }
  }
  return found;
}
