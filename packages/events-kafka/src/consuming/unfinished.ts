import { createLinkedList, type ListNode } from '@payments/events-core';
import type { KafkaMessage } from 'kafkajs';
import { offsetOf } from './offset.ts';

/** A message that was fetched and is not settled. */
export interface Entry extends ListNode<Entry> {
  readonly message: KafkaMessage;
  readonly offset: number;
  /** Deliveries that ended without a settlement. */
  readonly unsettled: number;
  /** Milliseconds since the Unix epoch, as the producer or the broker says. */
  readonly timestamp: number;
  state: 'waiting' | 'open' | 'parked' | 'over';
}

/** What was fetched of one partition, in the order of the log, and which offsets past the first unfinished one are settled. */
export interface Unfinished {
  /** Everything below is settled, or was never there. */
  readonly watermark: number;
  /** The next offset to fetch. */
  readonly position: number;
  /** The next that was not handed over. */
  readonly next: Entry | undefined;
  readonly waiting: number;
  readonly open: number;
  readonly oldestAt: number | undefined;
  /** Skips what was taken before, and what is settled. All up to `last` that is not among them is not in the log. */
  take(messages: readonly KafkaMessage[], last: number, unsettledOf: (offset: number) => number): void;
  /** The next one is out now. There must be one. */
  handOver(): Entry;
  /**
   * False for one that is not out (any longer). A settled one is forgotten; others are in the way of the watermark. One that
   * is parked may be settled later.
   */
  end(entry: Entry, how: 'settled' | 'released' | 'parked'): boolean;
  settledPastWatermark(): number[];
  /**
   * Whether what was fetched from there goes on from the position. Once it does not; if the next does not either, it is
   * believed: the position is there now, or, where it lies below, the log has begun anew.
   */
  fit(from: number): 'yes' | 'no' | 'anew';
  /** Nothing below will be fetched. True when something was still to be fetched from there. */
  skipTo(offset: number): boolean;
  /** Drops what waits. */
  dropWaiting(): void;
  /** Forgets everything, what is out included. */
  restart(at: number): void;
}

/** `known` are settled as well, where their timestamps (by offset) are the same: or the topic was deleted and made again. */
export function createUnfinished(
  begin: number,
  alreadySettled: Iterable<number>,
  known: ReadonlyMap<number, number> = new Map(),
): Unfinished {
  /** First what is or was out, then from `next` on what waits. */
  const entries = createLinkedList<Entry>();
  /** What was settled out of order. */
  const settled = new Set(alreadySettled);
  let next: Entry | undefined;
  let position = begin;
  let waiting = 0;
  let open = 0;
  /** A batch came from elsewhere while this was the position. */
  let refusedAt: number | undefined;

  const watermark = () => entries.first?.offset ?? position;

  function drop(from: Entry | undefined): void {
    for (let entry = from; entry !== undefined;) {
      const after = entry.next;
      entry.state = 'over';
      entries.remove(entry);
      entry = after;
    }
    next = undefined;
    waiting = 0;
  }

  function skipTo(offset: number): boolean {
    if (offset <= position) return false;
    position = offset;
    return true;
  }

  return {
    get watermark() {
      return watermark();
    },
    get position() {
      return position;
    },
    get next() {
      return next;
    },
    get waiting() {
      return waiting;
    },
    get open() {
      return open;
    },
    get oldestAt() {
      return entries.first?.timestamp;
    },
    take(messages, last, unsettledOf) {
      for (const message of messages) {
        const offset = offsetOf(message.offset);
        if (offset < position || settled.has(offset)) continue;
        const timestamp = Number(message.timestamp);
        if (known.get(offset) === timestamp) {
          if (entries.first !== undefined) settled.add(offset);
          continue;
        }
        const entry: Entry = {
          message,
          offset,
          unsettled: unsettledOf(offset),
          timestamp,
          state: 'waiting',
          previous: undefined,
          next: undefined,
        };
        entries.append(entry);
        next ??= entry;
        waiting += 1;
      }
      position = Math.max(position, last + 1);
    },
    handOver() {
      if (next === undefined) throw new Error('Nothing waits.');
      const entry = next;
      next = entry.next;
      entry.state = 'open';
      waiting -= 1;
      open += 1;
      return entry;
    },
    end(entry, how) {
      if (entry.state !== 'open' && !(entry.state === 'parked' && how === 'settled')) return false;
      if (entry.state === 'open') open -= 1;
      entry.state = how === 'parked' ? 'parked' : 'over';
      if (how === 'settled') {
        if (entries.first !== entry) settled.add(entry.offset);
        entries.remove(entry);
      }
      return true;
    },
    settledPastWatermark() {
      const from = watermark();
      for (const offset of settled) if (offset < from) settled.delete(offset);
      return [...settled].toSorted((one, other) => one - other);
    },
    fit(from) {
      if (from !== position && refusedAt !== position) {
        refusedAt = position;
        return 'no';
      }
      refusedAt = undefined;
      if (from < position) return 'anew';
      skipTo(from);
      return 'yes';
    },
    skipTo,
    dropWaiting() {
      position = next?.offset ?? position;
      drop(next);
    },
    restart(at) {
      drop(entries.first);
      settled.clear();
      known = new Map();
      position = at;
      open = 0;
    },
  };
}
