import { AssignerProtocol, type GroupMember, type PartitionAssigner } from 'kafkajs';

/** All sweeps must have it, and mean the same by it. */
const name = 'payments-events-sweep-1';
const version = 1;

/** What a sweep says of itself. */
export interface Claim {
  /** It has everything, and nobody has taken it away. */
  readonly holds: boolean;
  /** By the machine's time: among those that have nothing yet, the first. */
  readonly startedAt: number;
}

/** One member gets everything, and keeps it for as long as it is there: a sweep that sees a part is none. */
export function claimingAssigner(claim: () => Claim): PartitionAssigner {
  return ({ cluster }) => ({
    name,
    version,
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version,
        topics,
        userData: Buffer.from(JSON.stringify(claim())),
      }),
    }),
    async assign({ members, topics }) {
      const holder = members.map(claimOf).toSorted(precedence)[0]?.memberId;
      const all = Object.fromEntries(
        topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)]),
      );
      return members.map(({ memberId }) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: memberId === holder ? all : {},
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

type Claiming = Claim & Pick<GroupMember, 'memberId'>;

/** One that cannot be understood comes last. */
function claimOf({ memberId, memberMetadata }: GroupMember): Claiming {
  try {
    const said = AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData.toString() ?? '';
    const { holds, startedAt } = JSON.parse(said) as Partial<Claim>;
    return { memberId, holds: holds === true, startedAt: typeof startedAt === 'number' ? startedAt : Infinity };
  } catch {
    return { memberId, holds: false, startedAt: Infinity };
  }
}

function precedence(one: Claiming, other: Claiming): number {
  if (one.holds !== other.holds) return one.holds ? -1 : 1;
  if (one.startedAt !== other.startedAt) return one.startedAt < other.startedAt ? -1 : 1;
  return one.memberId < other.memberId ? -1 : 1;
}
