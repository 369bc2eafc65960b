import { createLinkedList, type LinkedList } from '@payments/events-core';
import type { Group } from './group.ts';
import type { Handover } from './item.ts';

/** One subscription of a group, as the server sees it. */
export interface Member {
  readonly group: Group;
  readonly session: object;
  readonly maxInFlight: number;
  /** What it holds: handed over and not settled. A set would leave the garbage collector chains of its old tables. */
  readonly out: LinkedList<Handover>;
  /** False when it takes no more, or is gone. */
  accepting: boolean;
  /** Holds a delivery that may have crashed others before: nothing else is handed to it meanwhile. */
  alone: boolean;
  readonly receive: (handover: Handover) => void;
}

export function createMember(parts: Pick<Member, 'group' | 'session' | 'maxInFlight' | 'receive'>): Member {
  return { ...parts, out: createLinkedList(), accepting: true, alone: false };
}

/** Deliveries that ended this often without a settlement travel alone, so that a crash is charged to the one that caused it. */
const suspectFrom = 2;

export function isSuspect(of: { readonly unsettled: number }): boolean {
  return of.unsettled >= suspectFrom;
}
