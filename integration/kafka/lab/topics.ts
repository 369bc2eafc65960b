/** What topics there are, and how they are set up. */
import { array, int32, int64, int8, string } from './bytes.ts';
import { ask, must, type Address } from './wire.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

const withinMs = 10_000;

/** All that begin with the prefix, and how many partitions each has. */
export async function listTopics(at: Address, prefix: string): Promise<ReadonlyMap<string, number>> {
  const all = await ask(at, { api: 3, version: 1, body: int32(-1) }, (answer) => {
    answer.array(() => [answer.int32(), answer.string(), answer.int32(), answer.string()]);
    answer.int32();
    return answer.array(() => {
      must('metadata', answer.int16());
      const name = answer.string() ?? '';
      answer.int8();
      const partitions = answer.array(() => {
        // A partition without a leader is an error of this partition, and there all the same.
        answer.int16();
        answer.int32();
        answer.int32();
        answer.array(() => answer.int32());
        answer.array(() => answer.int32());
      });
      return [name, partitions.length] as const;
    });
  });
  return new Map(all.filter(([name]) => name.startsWith(prefix)));
}

export function partitionsOf(topics: ReadonlyMap<string, number>): readonly TopicPartition[] {
  return [...topics].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  );
}

/** What is gone already is no error. */
export async function deleteTopics(at: Address, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return;
  const body = Buffer.concat([array(topics, string), int32(withinMs)]);
  await ask(at, { api: 20, version: 1, body }, (answer) => {
    answer.int32();
    answer.array(() => {
      const name = answer.string();
      const code = answer.int16();
      if (code !== unknownTopic) must(`the deletion of ${name}`, code);
    });
  });
}

const unknownTopic = 3;
const topicResource = 2;
const operation = { set: 0, remove: 1 } as const;

/** Sets one setting of some topics, or with null gives it back to the broker. In effect when it resolves, or a moment later. */
export async function configureTopics(
  at: Address,
  topics: readonly string[],
  setting: { readonly name: string; readonly value: string | null },
): Promise<void> {
  const { name, value } = setting;
  const change = (topic: string) =>
    Buffer.concat([
      int8(topicResource),
      string(topic),
      array([setting], () =>
        Buffer.concat([string(name), int8(value === null ? operation.remove : operation.set), string(value)]),
      ),
    ]);
  const body = Buffer.concat([array(topics, change), int8(0)]);
  await ask(at, { api: 44, version: 0, body }, (answer) => {
    answer.int32();
    answer.array(() => {
      const code = answer.int16();
      const why = answer.string();
      answer.int8();
      must(`${name}=${value} of ${answer.string()}: ${why}`, code);
    });
  });
}

const timestamps = { first: -2, end: -1 } as const;

/** The first offset that is kept, or the one that comes next, of each partition. */
export async function listOffsets(
  at: Address,
  which: keyof typeof timestamps,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, number>> {
  if (partitions.length === 0) return new Map();
  const one = ({ topic, partition }: TopicPartition) =>
    Buffer.concat([string(topic), array([partition], (id) => Buffer.concat([int32(id), int64(timestamps[which])]))]);
  const body = Buffer.concat([int32(-1), array(partitions, one)]);
  return ask(at, { api: 2, version: 1, body }, (answer) => {
    const found = answer.array(() => {
      const topic = answer.string();
      return answer.array(() => {
        const partition = answer.int32();
        must(`the offsets of ${topic}`, answer.int16());
        answer.int64();
        return [`${topic}/${partition}`, answer.int64()] as const;
      });
    });
    return new Map(found.flat());
  });
}

export const idOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;
