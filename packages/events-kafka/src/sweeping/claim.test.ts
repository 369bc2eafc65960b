import { AssignerProtocol, type Cluster } from 'kafkajs';
import { expect, test } from 'vitest';
import { claimingAssigner, type Claim } from './claim.ts';

const partition = (partitionId: number) => ({ partitionId, partitionErrorCode: 0, leader: 1, replicas: [1], isr: [1] });
const cluster: Pick<Cluster, 'findTopicPartitionMetadata'> = {
  findTopicPartitionMetadata: () => [partition(0), partition(1)],
};
const logger = { info() {}, warn() {}, error() {}, debug() {}, namespace: () => logger, setLogLevel() {} };

function assignerOf(claim: Claim) {
  return claimingAssigner(() => claim)({ cluster: cluster as Cluster, groupId: 'g', logger });
}

function memberOf(memberId: string, holds: boolean, startedAt: number) {
  return { memberId, memberMetadata: assignerOf({ holds, startedAt }).protocol({ topics: ['dead'] }).metadata };
}

async function holderOf(members: { memberId: string; memberMetadata: Buffer }[]): Promise<string[]> {
  const shares = await assignerOf({ holds: false, startedAt: 0 }).assign({ members, topics: ['dead'] });
  expect(shares.map(({ memberId }) => memberId)).toEqual(members.map(({ memberId }) => memberId));
  return shares
    .map(({ memberId, memberAssignment }) => ({
      memberId,
      partitions: AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment['dead'],
    }))
    .filter(({ partitions }) => partitions !== undefined)
    .map(({ memberId, partitions }) => `${memberId}:${partitions?.join()}`);
}

test('who has it keeps it, whoever came first', async () => {
  expect(await holderOf([memberOf('a', false, 1), memberOf('b', true, 9)])).toEqual(['b:0,1']);
});

test('among those that have nothing the first gets everything', async () => {
  expect(await holderOf([memberOf('a', false, 9), memberOf('b', false, 1), memberOf('c', false, 5)])).toEqual([
    'b:0,1',
  ]);
  expect(await holderOf([memberOf('b', false, 1), memberOf('a', false, 1)])).toEqual(['a:0,1']);
});

test('one that cannot be understood comes last', async () => {
  const broken = { memberId: 'a', memberMetadata: Buffer.from([1]) };
  const { MemberMetadata } = AssignerProtocol;
  const noisy = {
    memberId: 'b',
    memberMetadata: MemberMetadata.encode({ version: 1, topics: ['dead'], userData: Buffer.from('?') }),
  };
  expect(await holderOf([broken, noisy, memberOf('c', false, 9)])).toEqual(['c:0,1']);
  expect(await holderOf([noisy, broken])).toEqual(['a:0,1']);
});
