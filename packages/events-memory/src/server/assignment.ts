import { createHeap } from './heap.ts';
import type { Item } from './item.ts';
import { createLanes } from './lanes.ts';
import { isSuspect, type Member } from './member.ts';

/** Which of a group's ready items go to which of its members, and when. */
export interface Assignment {
  /** Items ready. */
  readonly size: number;
  add(item: Item): void;
  /** Hands over what has room, at most so many; returns how many. */
  handOver(most: number): number;
  [Symbol.iterator](): IterableIterator<Item>;
}

/** Members in the order in which they joined; the group adds and removes them. */
type Members = readonly Member[];
type Hand = (member: Member, item: Item) => void;

/** Ordering `none`: competing members, each with room in its turn. */
export function createSharing(members: Members, hand: Hand): Assignment {
  const lanes = createLanes();
  const suspects = createHeap<Item>((a, b) => a.order < b.order);
  let turn = 0;
  /** Takes the suspects, one after another, while the others go on. */
  let reserved: Member | undefined;

  function nextWithRoom(): Member | undefined {
    for (let tried = 0; tried < members.length; tried += 1) {
      if (turn >= members.length) turn = 0;
      const member = members[turn];
      turn += 1;
      if (member !== undefined && member !== reserved && hasRoom(member)) return member;
    }
    return undefined;
  }

  function handOverSuspect(): boolean {
    // Handing over may end its member at once: what is handed to one that has gone would never come back.
    if (reserved?.accepting === false) reserved = undefined;
    reserved ??= members.find((one) => one.accepting && one.out.length === 0) ?? members.find((one) => one.accepting);
    if (reserved === undefined || reserved.out.length > 0) return false;
    const suspect = suspects.pop();
    if (suspect !== undefined) hand(reserved, suspect);
    return true;
  }

  return {
    get size() {
      return lanes.size + suspects.size;
    },
    add(item) {
      if (isSuspect(item)) suspects.push(item);
      else lanes.add(item);
    },
    handOver(most) {
      let count = 0;
      if (reserved !== undefined && !reserved.alone && (suspects.size === 0 || !reserved.accepting))
        reserved = undefined;
      while (count < most) {
        if (suspects.size > 0 && handOverSuspect()) {
          count += 1;
          continue;
        }
        if (lanes.size === 0) break;
        const member = nextWithRoom();
        const item = member === undefined ? undefined : lanes.take();
        if (member === undefined || item === undefined) break;
        hand(member, item);
        count += 1;
      }
      return count;
    },
    *[Symbol.iterator]() {
      yield* suspects;
      yield* lanes;
    },
  };
}

/** Ordering `key`: one owner, the member that joined first. The next one owns nothing before the first has left. */
export function createOwnership(members: Members, hand: Hand): Assignment {
  const lanes = createLanes();

  return {
    get size() {
      return lanes.size;
    },
    add: (item) => lanes.add(item),
    handOver(most) {
      const owner = members[0];
      let count = 0;
      while (owner !== undefined && count < most && hasRoom(owner)) {
        const next = lanes.peek();
        if (next === undefined || (isSuspect(next) && owner.out.length > 0)) break;
        lanes.take();
        hand(owner, next);
        count += 1;
      }
      return count;
    },
    [Symbol.iterator]: () => lanes[Symbol.iterator](),
  };
}

function hasRoom(member: Member): boolean {
  return member.accepting && !member.alone && member.out.length < member.maxInFlight;
}
