import type { Headers, ListNode } from '@payments/events-core';

/** A message as bytes on the wire. Headers are frozen, the body is nobody else's. */
export interface WireMessage {
  readonly id: string;
  readonly type: string;
  readonly key: string | undefined;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** A message in a log. */
export interface StoredMessage extends ListNode<StoredMessage> {
  readonly content: WireMessage;
  readonly topic: string;
  /** Counts every message of the server: a place in its log, never used twice. */
  readonly sequence: number;
  readonly position: string;
  /** Groups that have not settled it yet, dead letters included. */
  open: number;
  /** Settled by every group that wanted it, and kept as history. */
  settled: boolean;
}
