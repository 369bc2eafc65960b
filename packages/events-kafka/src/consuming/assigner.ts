import { AssignerProtocol, type Assignment, type Cluster, type PartitionAssigner } from 'kafkajs';
import { assignPartitions } from './assignment.ts';
import { decodeMember, encodeMember } from './member-data.ts';

/** All members of a group must have it, and mean the same by it. */
const name = 'payments-events-1';
const version = 1;

/**
 * How the partitions of a group are given to its members. The client's own assigners go by what the leader reads: what only
 * other members read, nobody would get. Members keep what they have where that is fair. `owned` is asked at each join: what
 * this member had last.
 */
export function keepingAssigner(owned: () => Assignment = () => ({})): PartitionAssigner {
  return ({ cluster }) => ({
    name,
    version,
    protocol: ({ topics }) => ({ name, metadata: encodeMember(version, topics, owned()) }),
    async assign({ members, topics }) {
      const known = members.map(decodeMember);
      const wanted = [...new Set(known.flatMap((member) => [...member.topics]))].toSorted();
      await learn(
        cluster,
        wanted.filter((topic) => !topics.includes(topic)),
      );
      const partitionsOf = new Map(wanted.map((topic) => [topic, partitionsIn(cluster, topic)]));
      return [...assignPartitions(known, partitionsOf)].map(([memberId, share]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: Object.fromEntries(share),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

/** The client knows of the topics that this member reads. One that is not to be found has nothing to be assigned. */
async function learn(cluster: Cluster, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return;
  try {
    await cluster.addMultipleTargetTopics([...topics]);
  } catch (error) {
    if (topics.length === 1) {
      if (isMissing(error)) return;
      throw error;
    }
    // One that is missing lets all of them fail.
    for (const topic of topics) await learn(cluster, [topic]);
  }
}

const missing: readonly unknown[] = [
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
];

function isMissing(error: unknown): boolean {
  return error instanceof Error && missing.includes(Reflect.get(error, 'type'));
}

function partitionsIn(cluster: Cluster, topic: string): number[] {
  return cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
}
