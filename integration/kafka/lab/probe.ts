import type { Probe } from '@payments/events-contract-tests';
import { committedOf, type Committed } from './groups.ts';
import { readAll, type LogRecord } from './log.ts';
import { idOf, listOffsets, listTopics, partitionsOf, type TopicPartition } from './topics.ts';
import type { Address } from './wire.ts';

export interface ProbeOptions {
  readonly admin: Address;
  readonly topicPrefix: string;
  /** Whether a group that may have committed nothing yet is to read a topic of events. */
  readonly reads: (group: string, topic: string) => boolean;
  readonly connections: () => number;
  readonly connectionAttempts: () => readonly number[];
}

type Topics = ReadonlyMap<string, number>;

const pick = (topics: Topics, wanted: (topic: string) => boolean): Topics =>
  new Map([...topics].filter(([topic]) => wanted(topic)));

/** Reads the topics of one lab, past adapter and network, and belongs to no group. */
export function kafkaProbe({ admin, topicPrefix, reads, connections, connectionAttempts }: ProbeOptions): Probe {
  /** What a group has not settled: in topics of events, and in its own of retries. */
  async function unsettled(group: string, topics: Topics): Promise<number> {
    const committed = await committedOf(admin, group);
    const retries = `${topicPrefix}${group}.retry-`;
    const isOfEvents = (topic: string) => !topic.slice(topicPrefix.length).includes('.');
    const readByIt = (topic: string) =>
      reads(group, topic) || [...committed.keys()].some((id) => id.startsWith(`${topic}/`));
    const wanted = pick(topics, (topic) => (isOfEvents(topic) && readByIt(topic)) || topic.startsWith(retries));
    const partitions = partitionsOf(wanted);
    const [first, end] = await Promise.all([
      listOffsets(admin, 'first', partitions),
      listOffsets(admin, 'end', partitions),
    ]);
    return partitions
      .map(idOf)
      .map((id) => left(committed.get(id), first.get(id) ?? 0, end.get(id) ?? 0))
      .reduce((sum, count) => sum + count, 0);
  }

  /** Partition 0 of a group's dead letters holds them, partition 1 the offsets of those that were removed. */
  async function deadPartitions(group: string): Promise<readonly TopicPartition[]> {
    const topic = `${topicPrefix}${group}.dead-letters`;
    return partitionsOf(pick(await listTopics(admin, topic), (name) => name === topic));
  }

  /** Where the letters begin and end, and the offsets of those between that were removed. */
  async function extentOf([letters, removals]: readonly TopicPartition[]) {
    if (letters === undefined || removals === undefined) return { first: 0, end: 0, removed: new Set<number>() };
    const [first, end] = await Promise.all([
      listOffsets(admin, 'first', [letters]),
      listOffsets(admin, 'end', [letters]),
    ]);
    const begin = first.get(idOf(letters)) ?? 0;
    const offsets = (await readAll(admin, [removals])).map(({ value }) => Number(value));
    const removed = new Set(offsets.filter((offset) => offset >= begin));
    return { first: begin, end: end.get(idOf(letters)) ?? 0, removed };
  }

  return {
    async stored(group) {
      const topics = await listTopics(admin, topicPrefix);
      const { first, end, removed } = await extentOf(await deadPartitions(group));
      return { unsettled: await unsettled(group, topics), dead: end - first - removed.size };
    },
    async dead(group) {
      const partitions = await deadPartitions(group);
      const letters = await readAll(admin, partitions.slice(0, 1));
      const { removed } = await extentOf(partitions);
      return letters.filter(({ offset }) => !removed.has(offset)).map((letter) => eventOf(letter).id ?? '');
    },
    async holds(messageId, type) {
      const records = await readAll(admin, partitionsOf(await listTopics(admin, topicPrefix)));
      return records.map(eventOf).some((event) => event.id === messageId && event.type === type);
    },
    connections: async () => connections(),
    connectionAttempts: () => Promise.resolve(connectionAttempts()),
  };
}

/** From the committed offset on, but for what the commit says was settled out of order. */
function left(committed: Committed | undefined, first: number, end: number): number {
  const from = Math.min(end, Math.max(first, committed?.offset ?? 0));
  return end - from - settledAhead(committed, from, end);
}

/** The commit's metadata: in `d` one bit for each offset from the committed one, `o`, on. */
function settledAhead(committed: Committed | undefined, from: number, end: number): number {
  if (committed === undefined || !committed.metadata.startsWith('{')) return 0;
  const { o, d = '' } = JSON.parse(committed.metadata) as { readonly o: number; readonly d?: string };
  if (o !== committed.offset) return 0;
  const bits = Buffer.from(d, 'base64');
  const isSettled = (offset: number) => (((bits[(offset - o) >> 3] ?? 0) >> ((offset - o) & 7)) & 1) === 1;
  return Array.from({ length: end - from }, (_, n) => from + n).filter(isSettled).length;
}

/** By the headers that say it, of the event itself or, where core's say something else, of the adapter. */
function eventOf({ headers }: LogRecord): { readonly id: string | undefined; readonly type: string | undefined } {
  const said = (word: 'id' | 'type') => {
    const last = (name: string) => headers.findLast(([one, value]) => one.toLowerCase() === name && value !== null);
    return (last(`payments:${word}`) ?? last(`event-${word}`))?.[1]?.toString('utf8');
  };
  return { id: said('id'), type: said('type') };
}
