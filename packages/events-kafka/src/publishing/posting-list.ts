import type { Posting } from './posting.ts';

/** Postings that wait, in the order of their calls. Taking one out costs nothing, wherever it is. */
export interface PostingList {
  readonly first: Posting | undefined;
  append(posting: Posting): void;
  /** Before all others, in their order. */
  putBack(postings: readonly Posting[]): void;
  /** It must be in this list. */
  remove(posting: Posting): void;
}

export function createPostingList(): PostingList {
  let first: Posting | undefined;
  let last: Posting | undefined;

  const list: PostingList = {
    get first() {
      return first;
    },
    append(posting) {
      posting.list = list;
      posting.previous = last;
      if (last === undefined) first = posting;
      else last.next = posting;
      last = posting;
    },
    putBack(postings) {
      for (const posting of postings.toReversed()) {
        posting.list = list;
        posting.next = first;
        if (first === undefined) last = posting;
        else first.previous = posting;
        first = posting;
      }
    },
    remove(posting) {
      if (posting.previous === undefined) first = posting.next;
      else posting.previous.next = posting.next;
      if (posting.next === undefined) last = posting.previous;
      else posting.next.previous = posting.previous;
      posting.list = undefined;
      posting.previous = undefined;
      posting.next = undefined;
    },
  };
  return list;
}
