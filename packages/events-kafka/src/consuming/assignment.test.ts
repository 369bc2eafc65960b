import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignPartitions, type Share } from './assignment.ts';
import type { Member } from './member-data.ts';

type Shares = ReadonlyMap<string, Share>;

const topicNames = ['a', 'b', 'c', 'd', 'e', 'f'];
const partitionsOf = fc
  .dictionary(fc.constantFrom(...topicNames), fc.integer({ min: 0, max: 13 }), { minKeys: 1 })
  .map(
    (counts) =>
      new Map(Object.entries(counts).map(([topic, count]) => [topic, Array.from({ length: count }, (_, at) => at)])),
  );
const someMember = fc.record({
  topics: fc.subarray(topicNames, { minLength: 1 }),
  owned: fc.dictionary(fc.constantFrom(...topicNames), fc.uniqueArray(fc.nat({ max: 15 }))),
});
const someMembers = fc
  .array(someMember, { minLength: 1, maxLength: 6 })
  .map((members) => members.map(({ topics, owned }, at) => memberOf(`m${at}`, topics, owned)));

function memberOf(memberId: string, topics: Iterable<string>, owned: Readonly<Record<string, number[]>> = {}): Member {
  return { memberId, topics: new Set(topics), owned: new Map(Object.entries(owned)) };
}

/** The same members, with what they were given. */
function settled(members: readonly Member[], shares: Shares): Member[] {
  return members.map(({ memberId, topics }) => ({ memberId, topics, owned: shares.get(memberId) ?? new Map() }));
}

const given = (shares: Shares, memberId: string, topic: string) => shares.get(memberId)?.get(topic) ?? [];

/** Partitions that are with somebody else, of those who are there before and after. */
function moved(before: Shares, after: Shares): string[] {
  return [...before].flatMap(([memberId, share]) =>
    after.has(memberId)
      ? [...share].flatMap(([topic, partitions]) =>
          partitions.filter((one) => !given(after, memberId, topic).includes(one)).map((one) => `${topic}/${one}`),
        )
      : [],
  );
}

test('each partition goes to exactly one member that reads its topic, and no member has two more of a topic than another', () => {
  fc.assert(
    fc.property(someMembers, partitionsOf, (members, topics) => {
      const shares = assignPartitions(members, topics);
      expect([...shares.keys()]).toEqual(members.map(({ memberId }) => memberId));
      for (const [topic, partitions] of topics) {
        const readers = members.filter((member) => member.topics.has(topic));
        const all = members.flatMap(({ memberId }) => given(shares, memberId, topic));
        expect(all.toSorted((one, other) => one - other)).toEqual(readers.length > 0 ? partitions : []);
        const counts = readers.map(({ memberId }) => given(shares, memberId, topic).length);
        expect(Math.max(0, ...counts) - Math.min(partitions.length, ...counts)).toBeLessThanOrEqual(1);
        for (const { memberId } of members.filter((member) => !member.topics.has(topic)))
          expect(given(shares, memberId, topic)).toEqual([]);
      }
    }),
  );
});

test('the same question has the same answer, in whatever order', () => {
  fc.assert(
    fc.property(someMembers, partitionsOf, fc.nat(), (members, topics, by) => {
      const turned = [...members.slice(by % members.length), ...members.slice(0, by % members.length)];
      const backwards = new Map([...topics].toReversed());
      expect(assignPartitions(turned, backwards)).toEqual(assignPartitions(members, topics));
    }),
  );
});

test('nothing moves while nobody comes or goes', () => {
  fc.assert(
    fc.property(someMembers, partitionsOf, (members, topics) => {
      const shares = assignPartitions(members, topics);
      expect(assignPartitions(settled(members, shares), topics)).toEqual(shares);
    }),
  );
});

/** All read all. */
const alike = fc
  .integer({ min: 1, max: 7 })
  .map((count) => Array.from({ length: count }, (_, at) => memberOf(`m${at}`, topicNames)));

test('what was left over of the topics is spread as well', () => {
  fc.assert(
    fc.property(alike, partitionsOf, (members, topics) => {
      const totals = [...assignPartitions(members, topics).values()].map((share) => [...share.values()].flat().length);
      expect(Math.max(...totals) - Math.min(...totals)).toBeLessThanOrEqual(1);
    }),
  );
});

test('when a member comes, only what it gets moves, but for one partition of a topic', () => {
  fc.assert(
    fc.property(alike, partitionsOf, (members, topics) => {
      const before = assignPartitions(members, topics);
      const joining = memberOf('m99', topicNames);
      const after = assignPartitions([...settled(members, before), joining], topics);
      const gets = [...(after.get('m99')?.values() ?? [])].flat().length;
      expect(moved(before, after).length).toBeLessThanOrEqual(gets + topics.size);
    }),
  );
});

test('when a member goes, only what it had moves, but for one partition of a topic', () => {
  fc.assert(
    fc.property(alike, partitionsOf, (members, topics) => {
      const before = assignPartitions(members, topics);
      const after = assignPartitions(settled(members, before).slice(1), topics);
      expect(moved(before, after).length).toBeLessThanOrEqual(topics.size);
    }),
  );
});
