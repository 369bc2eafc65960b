import type { DeliveryState, ListNode } from '@payments/events-core';
import type { HeapNode } from './heap.ts';
import type { Member } from './member.ts';
import type { StoredMessage } from './stored-message.ts';

/** A message in one group: what the group knows about it. It is in one place at a time: ready, out, waiting for a retry, or dead. */
export interface Item extends HeapNode {
  readonly message: StoredMessage;
  /** The topic's lane, or the group's redrive lane. */
  readonly lane: string;
  /** Place in the lane. */
  readonly order: number;
  state: DeliveryState;
  /** Deliveries that ended without a settlement since the last one that ended with one. */
  unsettled: number;
  /** When it is ready again, while it waits for a retry. */
  dueAt: number;
  /** While it is out: the one hand-over that may settle it. */
  handover: Handover | undefined;
}

/** One delivery of an item to a member, as it was at that moment. Settles the item once, or nothing at all. */
export interface Handover extends ListNode<Handover> {
  readonly item: Item;
  readonly member: Member;
  readonly state: DeliveryState;
  readonly unsettled: number;
}

export function createHandover(item: Item, member: Member): Handover {
  return { item, member, state: item.state, unsettled: item.unsettled, previous: undefined, next: undefined };
}

const noState: DeliveryState = Object.freeze({});

export function createItem(message: StoredMessage, lane: string, order: number, state: DeliveryState = noState): Item {
  return { message, lane, order, state, unsettled: 0, dueAt: 0, handover: undefined, heapIndex: -1 };
}
