/** A delivery that the channel has not seen acknowledged: a node of the list of all of them, in the order of their tags. */
export interface Unacknowledged {
  /** Counts the channel's deliveries over all its consumers, from 1. Means nothing on any other channel. */
  readonly tag: number;
  previous: this | undefined;
  next: this | undefined;
}

/**
 * Acknowledges what is done, once per turn of the event loop: everything before the oldest open delivery by a single
 * `multiple` acknowledgement, the rest one by one. A quorum queue applies each command on its own and holds back what
 * exceeds 32 of them; one `multiple` is one command for the whole run.
 */
export interface Acknowledgements<T extends Unacknowledged> {
  /** Deliveries that are not done. */
  readonly open: number;
  /** The open ones, oldest first. */
  all(): Iterable<T>;
  /** Call it in the order of the tags. */
  took(delivery: T): void;
  /** Once per delivery. */
  done(delivery: T): void;
  /** Says now what is due. */
  flush(): void;
}

export interface AcknowledgementsOptions {
  readonly acknowledge: (tag: number, multiple: boolean) => void;
  /** Runs it when this turn of the event loop has done what it can. */
  readonly soon: (flush: () => void) => void;
}

export function createAcknowledgements<T extends Unacknowledged>({
  acknowledge,
  soon,
}: AcknowledgementsOptions): Acknowledgements<T> {
  let oldest: T | undefined;
  let newest: T | undefined;
  let open = 0;
  let due: number[] = [];

  function flush(): void {
    if (due.length === 0) return;
    const tags = due;
    due = [];
    const limit = oldest === undefined ? Infinity : oldest.tag;
    let through = 0;
    for (const tag of tags) if (tag < limit && tag > through) through = tag;
    // All up to here is done: what lies between was acknowledged before, or is now.
    if (through > 0) acknowledge(through, true);
    for (const tag of tags) if (tag > limit) acknowledge(tag, false);
  }

  return {
    get open() {
      return open;
    },
    *all() {
      for (let one = oldest; one !== undefined; one = one.next) yield one;
    },
    took(delivery) {
      delivery.previous = newest;
      if (newest === undefined) oldest = delivery;
      else newest.next = delivery;
      newest = delivery;
      open += 1;
    },
    done(delivery) {
      const { previous, next } = delivery;
      if (previous === undefined) oldest = next;
      else previous.next = next;
      if (next === undefined) newest = previous;
      else next.previous = previous;
      delivery.previous = undefined;
      delivery.next = undefined;
      open -= 1;
      if (due.push(delivery.tag) === 1) soon(flush);
    },
    flush,
  };
}
