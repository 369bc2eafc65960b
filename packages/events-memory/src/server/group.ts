import {
  compilePattern,
  type Backlog,
  type Clock,
  type DeliveryState,
  type GroupSpec,
  type Ordering,
  type Settlement,
} from '@payments/events-core';
import { createOwnership, createSharing, type Assignment } from './assignment.ts';
import { createLetters, type Letter, type Letters } from './dead-letters.ts';
import { createHandover, createItem, type Handover, type Item } from './item.ts';
import { isSuspect, type Member } from './member.ts';
import { createRetries, type Retries } from './retries.ts';
import type { StoredMessage } from './stored-message.ts';

/** What a group needs of the server around it. */
export interface GroupSurroundings {
  readonly clock: Clock;
  /** Something may be handed over now. */
  readonly wake: (group: Group) => void;
  readonly nextSequence: () => number;
  readonly open: (message: StoredMessage) => void;
  readonly close: (message: StoredMessage) => void;
}

/** One copy of the events and those who share it. Lives as long as the server, whoever comes and goes. */
export interface Group {
  readonly name: string;
  readonly ordering: Ordering;
  readonly startFrom: GroupSpec['startFrom'];
  readonly members: readonly Member[];
  readonly ready: Assignment;
  readonly retries: Retries;
  readonly letters: Letters;
  wants(type: string): boolean;
  /** Those of the patterns that it does not have. */
  lacks(patterns: readonly string[]): readonly string[];
  /** Patterns are only added. */
  addPatterns(patterns: readonly string[]): void;
  enqueue(message: StoredMessage): void;
  join(member: Member): void;
  /** Gone for good. What it still holds is ready for others again, and its ending is charged to that. */
  remove(member: Member): void;
  handOver(most: number): number;
  /** False when the delivery is no longer this one: settled, returned or handed to somebody else. Then nothing changes. */
  settle(handover: Handover, settlement: Settlement): boolean;
  /** Stored for this group alone. The letter stays until it is discarded. */
  redrive(letter: Letter, state: DeliveryState): void;
  discard(letter: Letter): void;
  backlog(): Backlog;
  /** Marks of the pump. */
  awake: boolean;
}

/** No topic has this name: it holds a `-`. */
const redriveLane = 'redrive-lane';

export function createGroup(
  spec: Pick<GroupSpec, 'group' | 'ordering' | 'startFrom'>,
  around: GroupSurroundings,
): Group {
  const { clock } = around;
  const patterns = new Map<string, (type: string) => boolean>();
  const members: Member[] = [];
  const letters = createLetters();
  const ready = spec.ordering === 'key' ? createOwnership(members, hand) : createSharing(members, hand);
  const retries = createRetries(clock, makeReady);

  function hand(member: Member, item: Item): void {
    const handover = createHandover(item, member);
    item.handover = handover;
    member.out.append(handover);
    if (isSuspect(item)) member.alone = true;
    member.receive(handover);
  }

  function takeBack(handover: Handover): void {
    const { item, member } = handover;
    item.handover = undefined;
    member.out.remove(handover);
    if (member.out.length === 0) member.alone = false;
  }

  function makeReady(item: Item): void {
    ready.add(item);
    around.wake(group);
  }

  const group: Group = {
    name: spec.group,
    ordering: spec.ordering,
    startFrom: spec.startFrom,
    members,
    ready,
    retries,
    letters,
    awake: false,
    wants(type) {
      for (const matches of patterns.values()) if (matches(type)) return true;
      return false;
    },
    lacks: (asked) => asked.filter((pattern) => !patterns.has(pattern)),
    addPatterns(added) {
      for (const pattern of added) patterns.set(pattern, compilePattern(pattern));
    },
    enqueue(message) {
      around.open(message);
      makeReady(createItem(message, message.topic, message.sequence));
    },
    join(member) {
      members.push(member);
      around.wake(group);
    },
    remove(member) {
      const index = members.indexOf(member);
      if (index < 0) return;
      members.splice(index, 1);
      member.accepting = false;
      for (let handover = member.out.first; handover !== undefined; handover = member.out.first) {
        takeBack(handover);
        handover.item.unsettled += 1;
        ready.add(handover.item);
      }
      around.wake(group);
    },
    handOver: (most) => ready.handOver(most),
    settle(handover, settlement) {
      const { item } = handover;
      if (item.handover !== handover) return false;
      takeBack(handover);
      if (settlement.kind === 'release') ready.add(item);
      else item.unsettled = 0;
      if (settlement.kind === 'ack') around.close(item.message);
      else if (settlement.kind === 'retry') {
        item.state = Object.freeze({ ...settlement.state });
        retries.add(item, settlement.delayMs);
      } else if (settlement.kind === 'deadLetter') {
        const { reason, state } = settlement;
        letters.add({ item, reason, diedAt: clock.now(), state: Object.freeze({ ...state }) });
      }
      around.wake(group);
      return true;
    },
    redrive({ item: { message } }, state) {
      around.open(message);
      makeReady(createItem(message, redriveLane, around.nextSequence(), Object.freeze({ ...state })));
    },
    discard(letter) {
      if (letters.remove(letter)) around.close(letter.item.message);
    },
    backlog() {
      const inFlight = members.reduce((sum, member) => sum + member.out.length, 0);
      return { waiting: ready.size, inFlight, retrying: retries.size, dead: letters.size, exact: true };
    },
  };
  return group;
}
