import type { Administrator } from '../connection/administrator.ts';

export interface FakeOffsets {
  /** Offset and metadata by `topic/partition`. */
  readonly committed?: Readonly<Record<string, readonly [offset: string, metadata: string | null]>>;
  /** First offsets by topic. */
  readonly begins?: Readonly<Record<string, readonly string[]>>;
  /** When messages were appended, from the first one on, by topic and partition. Asking for what is newer needs it. */
  readonly appended?: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** What questions fail with, one after the other; undefined for an answer. */
  readonly failures?: readonly unknown[];
}

/** An administrator that knows a group's offsets, and where logs begin. */
export function fakeAdmin({ committed = {}, begins = {}, appended = {}, failures = [] }: FakeOffsets) {
  const asked: string[] = [];
  const left = [...failures];
  const native = {
    fetchOffsets: async () => {
      asked.push('committed');
      return Object.entries(committed).map(([key, [offset, metadata]]) => {
        const [topic, partition] = key.split('/');
        return { topic, partitions: [{ partition: Number(partition), offset, metadata }] };
      });
    },
    fetchTopicOffsets: async (topic: string) => {
      asked.push(`begin ${topic}`);
      return (begins[topic] ?? []).map((low, partition) => ({ partition, low, high: low, offset: low }));
    },
    fetchTopicOffsetsByTimestamp: async (topic: string, since: number) => {
      asked.push(`${topic} since ${since}`);
      return (appended[topic] ?? []).map((times, partition) => {
        const low = Number(begins[topic]?.[partition] ?? 0);
        const found = times.findIndex((at) => at >= since);
        return { partition, offset: String(low + (found < 0 ? times.length : found)) };
      });
    },
  };
  const ask = async (_: string, run: (admin: object) => unknown) => {
    const failure = left.shift();
    if (failure !== undefined) throw failure;
    return run(native);
  };
  const admin = { ask, lastError: undefined, close: async () => {} } as unknown as Administrator;
  return { admin, asked };
}
