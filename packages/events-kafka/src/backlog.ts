import type { Backlog, GroupSpec } from '@payments/events-core';
import { AssignerProtocol, type Admin } from 'kafkajs';
import type { Connection } from './connection.ts';
import { decodeMarks } from './consuming/marks.ts';
import { asEventsError, undeclared } from './errors.ts';
import { canMatch, namesOf, topicsToRead } from './topology.ts';

export interface BacklogOptions {
  readonly connection: Connection;
  readonly group: string;
  /** Where this process has declared the group. */
  readonly spec: GroupSpec | undefined;
  /** What this process has handed over. */
  readonly inFlight: number;
}

/** What is between the group's committed offsets and the ends of its topics. */
export async function measureBacklog(options: BacklogOptions): Promise<Backlog> {
  const { connection, group } = options;
  try {
    return await measure(options);
  } catch (error) {
    const what = `The backlog of group "${group}" cannot be measured`;
    throw asEventsError(what, error, { settings: connection.settings, path: 'group' });
  }
}

async function measure({ connection, group, spec, inFlight }: BacklogOptions): Promise<Backlog> {
  const { admin, settings, topics } = connection;
  const names = namesOf(settings, group);
  const existing = await topics.list();
  if (!existing.includes(names.dead)) throw undeclared(group, names.dead);
  const retry = existing.filter((topic) => names.stepOf(topic) !== undefined);
  const now = existing.filter((topic) => topic === names.now || topic === names.nowByKey);
  const counted = await admin.ask(
    `tell the backlog of group "${group}"`,
    async (asked) => {
      const main = spec === undefined ? await mainTopics(asked, connection, group, existing) : undefined;
      const read = main ?? topicsToRead(settings, spec!, existing).main.filter((topic) => existing.includes(topic));
      const committed = await progressOf(asked, group, [...read, ...now, ...retry]);
      const lagOf = async (of: readonly string[]) => {
        const lags = await Promise.all(of.map((topic) => lagIn(asked, topic, committed)));
        return lags.reduce((sum, lag) => sum + lag, 0);
      };
      const [waiting, retrying, dead] = await Promise.all([
        lagOf([...read, ...now]),
        lagOf(retry),
        lettersIn(asked, names.dead),
      ]);
      return { waiting: Math.max(0, waiting - inFlight), retrying, dead };
    },
    settings.requestTimeoutMs,
  );
  return { ...counted, inFlight, exact: false, bound: 'upper' };
}

/** Of a group that was declared elsewhere: what its members read, else what they have read, else all there is. */
async function mainTopics(
  asked: Admin,
  { settings }: Connection,
  group: string,
  existing: readonly string[],
): Promise<readonly string[]> {
  const isMain = canMatch(settings, ['#']);
  const [description] = (await asked.describeGroups([group])).groups;
  const members = description?.protocolType === 'consumer' ? description.members : [];
  const subscribed = members.flatMap(
    ({ memberMetadata }) => AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [],
  );
  const read = (await asked.fetchOffsets({ groupId: group })).map(({ topic }) => topic);
  const known = [...subscribed, ...read].filter((topic) => isMain(topic) && existing.includes(topic));
  return known.length > 0 ? [...new Set(known)] : existing.filter(isMain);
}

/** By topic and partition. */
type Progress = ReadonlyMap<
  string,
  ReadonlyMap<number, { readonly offset: number; readonly settled: readonly number[] }>
>;

async function progressOf(asked: Admin, group: string, topics: readonly string[]): Promise<Progress> {
  if (topics.length === 0) return new Map();
  const found = await asked.fetchOffsets({ groupId: group, topics: [...topics] });
  return new Map(
    found.map(({ topic, partitions }) => [
      topic,
      new Map(
        partitions.map(({ partition, offset, metadata }) => [
          partition,
          { offset: Number(offset), settled: decodeMarks(Number(offset), metadata).settled },
        ]),
      ),
    ]),
  );
}

async function lagIn(asked: Admin, topic: string, progress: Progress): Promise<number> {
  const ends = await asked.fetchTopicOffsets(topic);
  return ends.reduce((sum, { partition, low, high }) => {
    const { offset, settled } = progress.get(topic)?.get(partition) ?? { offset: -1, settled: [] };
    const [begin, end] = [Number(low), Number(high)];
    // Nothing committed, or what was committed belongs to a topic that is gone: it is read from the beginning.
    if (offset < 0 || offset > end) return sum + end - begin;
    const done = settled.filter((one) => one >= begin && one < end).length;
    return sum + Math.max(0, end - Math.max(offset, begin) - done);
  }, 0);
}

/** Letters, less those that were removed. */
async function lettersIn(asked: Admin, dead: string): Promise<number> {
  const partitions = await asked.fetchTopicOffsets(dead);
  const [letters = 0, removed = 0] = [0, 1].map((wanted) => {
    const found = partitions.find(({ partition }) => partition === wanted);
    return found === undefined ? 0 : Number(found.high) - Number(found.low);
  });
  return Math.max(0, letters - removed);
}
