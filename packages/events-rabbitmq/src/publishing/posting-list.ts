import type { Posting } from './posting.ts';

/**
 * Postings in the order of their calls: first those that were written, then those that wait. Taking one out costs
 * nothing, wherever it is.
 */
export interface PostingList<P extends Posting<P>> {
  readonly first: P | undefined;
  /** The next to be written. */
  readonly waiting: P | undefined;
  readonly length: number;
  append(posting: P): void;
  /** The one in `waiting` has been written. */
  advance(): void;
  /** The last that was written is to be written again. */
  retreat(posting: P): void;
  remove(posting: P): void;
}

export function createPostingList<P extends Posting<P>>(): PostingList<P> {
  let first: P | undefined;
  let last: P | undefined;
  let waiting: P | undefined;
  let length = 0;

  return {
    get first() {
      return first;
    },
    get waiting() {
      return waiting;
    },
    get length() {
      return length;
    },
    append(posting) {
      posting.previous = last;
      if (last === undefined) first = posting;
      else last.next = posting;
      last = posting;
      waiting ??= posting;
      length += 1;
    },
    advance() {
      waiting = waiting?.next;
    },
    retreat(posting) {
      waiting = posting;
    },
    remove(posting) {
      if (waiting === posting) waiting = posting.next;
      if (posting.previous === undefined) first = posting.next;
      else posting.previous.next = posting.next;
      if (posting.next === undefined) last = posting.previous;
      else posting.next.previous = posting.previous;
      posting.previous = undefined;
      posting.next = undefined;
      length -= 1;
    },
  };
}
