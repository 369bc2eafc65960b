import { AssignerProtocol, type Assignment, type Cluster } from 'kafkajs';
import { expect, test } from 'vitest';
import { keepingAssigner } from './assigner.ts';
import { decodeMember, encodeMember } from './member-data.ts';

class Unknown extends Error {
  readonly type = 'UNKNOWN_TOPIC_OR_PARTITION';
}

/** A cluster that knows the leader's topics, and finds others if they are there. */
function clusterOf(there: Readonly<Record<string, number>>, known: readonly string[]): Cluster {
  const targets = new Set(known);
  const cluster: Pick<Cluster, 'addMultipleTargetTopics' | 'findTopicPartitionMetadata'> = {
    async addMultipleTargetTopics(topics) {
      if (topics.some((topic) => there[topic] === undefined)) throw new Unknown('no such topic');
      for (const topic of topics) targets.add(topic);
    },
    findTopicPartitionMetadata: (topic) =>
      Array.from({ length: targets.has(topic) ? (there[topic] ?? 0) : 0 }, (_, partitionId) => {
        return { partitionId, partitionErrorCode: 0, leader: 1, replicas: [1], isr: [1] };
      }),
  };
  return cluster as Cluster;
}

function assignerOf(cluster: Cluster, owned?: () => Assignment) {
  const logger = { info() {}, warn() {}, error() {}, debug() {}, namespace: () => logger, setLogLevel() {} };
  return keepingAssigner(owned)({ cluster, groupId: 'g', logger });
}

function memberOf(memberId: string, topics: string[], userData = Buffer.alloc(0)) {
  return { memberId, memberMetadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData }) };
}

async function assigned(cluster: Cluster, members: { memberId: string; memberMetadata: Buffer }[], topics: string[]) {
  const shares = await assignerOf(cluster).assign({ members, topics });
  return Object.fromEntries(
    shares.map(({ memberId, memberAssignment }) => {
      const { assignment } = AssignerProtocol.MemberAssignment.decode(memberAssignment)!;
      return [memberId, { ...assignment }];
    }),
  );
}

test('what only other members read is assigned as well, and what is missing is left out', async () => {
  const cluster = clusterOf({ a: 2, b: 1 }, ['a']);
  const members = [memberOf('one', ['a']), memberOf('two', ['b', 'gone']), memberOf('three', ['gone'])];
  expect(await assigned(cluster, members, ['a'])).toEqual({ one: { a: [0, 1] }, two: { b: [0] }, three: {} });
});

test('another failure than a missing topic ends the assignment', async () => {
  const cluster: Cluster = { ...clusterOf({}, []), addMultipleTargetTopics: () => Promise.reject(new Error('away')) };
  await expect(assigned(cluster, [memberOf('one', ['a'])], [])).rejects.toThrow('away');
});

test('a member says what it has, and keeps it', async () => {
  const cluster = clusterOf({ a: 4, 'b.c-d': 2 }, ['a', 'b.c-d']);
  const topics = ['a', 'b.c-d'];
  const { metadata, name } = assignerOf(cluster, () => ({ a: [1, 3], 'b.c-d': [0] })).protocol({ topics });
  expect(name).toBe('payments-events-1');
  const members = [memberOf('first', topics), { memberId: 'second', memberMetadata: metadata }];
  expect(await assigned(cluster, members, topics)).toEqual({
    first: { a: [0, 2], 'b.c-d': [1] },
    second: { a: [1, 3], 'b.c-d': [0] },
  });
});

test('a member whose possessions cannot be read is served, and one that cannot be read at all gets nothing', async () => {
  const cluster = clusterOf({ a: 2 }, ['a']);
  const noise = Buffer.from([255, 0, 58, 59, 44, 200]);
  const broken = { memberId: 'broken', memberMetadata: Buffer.from([0]) };
  const members = [memberOf('noisy', ['a'], noise), memberOf('plain', ['a']), broken];
  expect(await assigned(cluster, members, ['a'])).toEqual({ noisy: { a: [0] }, plain: { a: [1] }, broken: {} });
});

test('what a member says is small, however much it has', () => {
  const owned = Object.fromEntries(
    Array.from({ length: 500 }, (_, at) => [`topic-${at}`, Array.from({ length: 24 }, (__, partition) => partition)]),
  );
  const memberMetadata = encodeMember(1, [], owned);
  expect(memberMetadata.length).toBeLessThan(4_200);
  const member = decodeMember({ memberId: 'm', memberMetadata });
  expect(member.owned.size).toBeGreaterThan(40);
  for (const [topic, partitions] of member.owned) expect(partitions).toEqual(owned[topic]);
});
