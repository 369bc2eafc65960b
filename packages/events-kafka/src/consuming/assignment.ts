import type { Member } from './member-data.ts';

/** Partitions by topic, of one member. */
export type Share = Map<string, number[]>;

/**
 * Gives each partition to one member that reads its topic. Of a topic no member has two more than another, and what was
 * left over of the topics is spread as well. What a member has it keeps if that allows it. The same question has the same
 * answer, in whatever order the members are named.
 */
export function assignPartitions(
  members: readonly Member[],
  partitionsOf: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, Share> {
  const byId = members.toSorted((one, other) => (one.memberId < other.memberId ? -1 : 1));
  const shares = new Map<string, Share>(byId.map(({ memberId }) => [memberId, new Map<string, number[]>()]));
  /** How often a member has one more than others. */
  const extras = new Map<string, number>();
  const topics = [...partitionsOf].map(([topic, partitions]) => ({
    topic,
    partitions,
    readers: byId.filter((member) => member.topics.has(topic)),
  }));
  const leftOver = topics.reduce((sum, one) => sum + (one.partitions.length % Math.max(1, one.readers.length)), 0);
  const fairExtras = Math.ceil(leftOver / Math.max(1, byId.length));

  for (const { topic, partitions, readers } of topics.toSorted((one, other) => (one.topic < other.topic ? -1 : 1))) {
    if (readers.length === 0) continue;
    const least = Math.floor(partitions.length / readers.length);
    const held = heldOf(topic, partitions, readers);
    const heldBy = (member: Member) => held.get(member.memberId) ?? [];
    const extrasOf = ({ memberId }: Member) => extras.get(memberId) ?? 0;
    // First who has not had its share of extras; of those who would keep what they have; then who has had fewest.
    const rank = (member: Member) => [
      extrasOf(member) < fairExtras ? 0 : 1,
      heldBy(member).length > least ? 0 : 1,
      extrasOf(member),
    ];
    const inTurn = readers
      .map((member) => ({ member, rank: rank(member) }))
      .toSorted((a, b) => compare(a.rank, b.rank));
    const withExtra = new Set(inTurn.slice(0, partitions.length % readers.length).map(({ member }) => member));
    for (const member of withExtra) extras.set(member.memberId, extrasOf(member) + 1);
    const quota = (member: Member) => least + (withExtra.has(member) ? 1 : 0);

    const kept = new Map(readers.map((member) => [member, heldBy(member).slice(0, quota(member))]));
    const taken = new Set([...kept.values()].flat());
    const free = partitions.filter((partition) => !taken.has(partition)).toSorted((one, other) => one - other);
    for (const [member, own] of kept) {
      own.push(...free.splice(0, quota(member) - own.length));
      if (own.length > 0)
        shares.get(member.memberId)?.set(
          topic,
          own.toSorted((one, other) => one - other),
        );
    }
  }
  return shares;
}

/** What each has of a topic. Of several that say so of one partition the first has it: one of them was expelled. */
function heldOf(topic: string, partitions: readonly number[], readers: readonly Member[]): Map<string, number[]> {
  const free = new Set(partitions);
  const held = new Map<string, number[]>();
  for (const { memberId, owned } of readers) {
    const mine = (owned.get(topic) ?? []).filter((partition) => free.delete(partition));
    held.set(
      memberId,
      mine.toSorted((one, other) => one - other),
    );
  }
  return held;
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [at, value] of one.entries()) {
    const difference = value - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
