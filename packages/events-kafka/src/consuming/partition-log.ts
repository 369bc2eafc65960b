import type { KafkaMessage } from 'kafkajs';
import { newestAppend } from './append-time.ts';
import { decodeMarks, encodeMarks, mostAhead } from './marks.ts';
import type { Readiness } from './readiness.ts';
import { reservationFor, type Reservation } from './reservation.ts';
import { createSuspicion, isSuspect } from './suspicion.ts';
import { createTold, type Commitment } from './told.ts';
import { createUnfinished, type Entry } from './unfinished.ts';

/**
 * One assigned partition in one epoch: what was fetched, what is out, what is settled, and what the next commit says.
 * Asks nobody and waits for nothing; it is driven by the epoch and its commits.
 */
export interface PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /**
   * Takes what was fetched, in the order of the log. `from` is the offset that was asked for (`batch.fetchedOffset`, which
   * the types of kafkajs leave out), `last` is `batch.lastOffset()`. What is settled already is skipped.
   * False: it does not continue what was taken before, and nothing was taken. As a rule it is a batch of an earlier
   * assignment: resolve nothing and `seek` to `position`, or what lies between is never read. If the next one does not
   * continue it either, the broker no longer has that offset: what is missing is gone, or the log has begun anew.
   */
  take(messages: readonly KafkaMessage[], fetched: { readonly from: number; readonly last: number }): boolean;
  /** The next offset to fetch. */
  readonly position: number;
  /** The log begins there by now. True when something was deleted that nobody has read. */
  trimmed(begin: number): boolean;

  /** The next message to hand over. */
  peek(): Waiting | undefined;
  readonly readiness: Readiness;
  /** Takes the next message out. Only where `readiness` is `free` or `alone`. */
  handOver(): Handed;
  /** It is acknowledged, or its copy is stored. Of an epoch or log that is over: without effect. */
  settle(handed: Handed): void;
  /** Given back: neither counted nor forgotten. Nothing may be handed over in this epoch afterwards. */
  release(handed: Handed): void;
  /**
   * It cannot be settled for now, and nothing is to wait for it: it counts as open no more, and the next ones are handed over
   * while it holds the watermark back. It may be settled later.
   */
  park(handed: Handed): void;

  /**
   * What is to be committed now; undefined when the last confirmed commit says the same. Ask only where it is sent: a
   * commitment without a confirmation may have been stored or not, so the next is never "the same".
   * - `run`: keeps and renews the reservation, keeps the mark of a suspect. While something is out, and before it is.
   * - `clean`: nothing is out. What still is when the epoch ends counts as given back. Ends the reservation at once.
   * - `suspect`: the next message will be out alone. Only when nothing of the subscription is out and, with this commit or
   *   before, every other partition is `clean`.
   */
  commitment(say: 'run' | 'clean' | 'suspect'): Commitment | undefined;
  /** The broker has confirmed it. */
  committed(commitment: Commitment): void;

  /** The reservation runs out soon: commit `run` before it does. */
  readonly low: boolean;
  /** Whether a reservation or a suspect is, or may be, in the last commit: what `clean` would take out. */
  readonly marked: boolean;
  /** Settlements since the last commitment was asked for; at least one where that is not confirmed. */
  readonly unsaid: number;
  /** Fetched and neither handed over nor skipped. */
  readonly buffered: number;
  /** Handed over, and neither settled nor released. */
  readonly open: number;
  /** `clock.elapsed()` when the last open delivery ended, or the epoch began. Undefined while something is out. */
  readonly idleSince: number | undefined;
  /** Timestamp of the oldest message that is fetched and not settled. */
  readonly oldestAt: number | undefined;
  /** Everything below is settled. */
  readonly watermark: number;
  /** When the newest message was appended that was read so far, by the broker's clock. Undefined: nobody knows. */
  readonly appendedAt: number | undefined;
  /** The log has begun anew below its position (topic deleted and created again), and is read from its new beginning. */
  readonly rewound: boolean;
  /** Drops what was not handed over. Nothing is taken or handed over any longer; settling and committing go on. */
  close(): void;
}

/** Fetched, and not settled. Nobody else writes to it. */
type Waiting = Readonly<Pick<Entry, 'message' | 'offset' | 'unsettled' | 'timestamp'>>;
/** One that is out. */
export type Handed = Entry;

export interface PartitionLogOptions {
  readonly topic: string;
  readonly partition: number;
  /** As read at the beginning of the epoch. An offset below 0 is none. */
  readonly committed: { readonly offset: number; readonly metadata: string | null };
  /** First offset of the log: what was committed below it is gone. */
  readonly begin: number;
  /** Settled as well, though the commit does not say so: timestamps by offset. */
  readonly known?: ReadonlyMap<number, number>;
  readonly elapsed: () => number;
}

export function createPartitionLog(options: PartitionLogOptions): PartitionLog {
  const { topic, partition, committed, begin, known, elapsed } = options;
  const read = decodeMarks(committed.offset, committed.metadata);
  const suspicion = createSuspicion(read);
  let { appendedAt } = read;
  const beganAt = Math.max(committed.offset, begin);
  const unfinished = createUnfinished(beganAt, read.settled, known);

  /** Of a partition without a commit the beginning need not be said. */
  const stored = committed.offset < 0 ? { offset: beganAt, metadata: '' } : committed;
  const told = createTold({ offset: stored.offset, metadata: stored.metadata ?? '' }, read);
  let unsaid = 0;
  let idleSince: number | undefined = elapsed();
  let released = false;
  let closed = false;
  let rewound = false;

  /** Of what was known, nothing holds for a log that has begun anew. */
  function rewind(to: number): void {
    unfinished.restart(to);
    rewound = true;
    suspicion.forget();
    appendedAt = undefined;
    told.forget();
    idleSince ??= elapsed();
  }

  function readiness(): Readiness {
    const { next } = unfinished;
    if (next === undefined) return 'nothing';
    if (released || suspicion.out !== undefined) return 'wait';
    if (isSuspect(next)) return told.suspect === next.offset ? 'alone' : 'suspect';
    if (told.reservedEnd !== undefined && next.offset < told.reservedEnd) return 'free';
    return next.offset < unfinished.watermark + mostAhead ? 'reserve' : 'wait';
  }

  /** What `run` would reserve anew. A suspect is not reserved for, nor what may come behind it. */
  function reservation(): Reservation | undefined {
    const { next, watermark } = unfinished;
    if (next === undefined || isSuspect(next) || released || suspicion.out !== undefined) return undefined;
    return reservationFor({ next, watermark, reservedEnd: told.reservedEnd });
  }

  /** The suspect that is about to be handed over. */
  function markedNext(): Entry | undefined {
    return unfinished.next?.offset === told.suspect ? unfinished.next : undefined;
  }

  function compose(say: 'run' | 'clean' | 'suspect'): Commitment {
    const offset = unfinished.watermark;
    const alone = say === 'run' ? (suspicion.out ?? markedNext()) : say === 'suspect' ? unfinished.next : undefined;
    const end = say === 'run' && alone === undefined ? (reservation()?.end ?? told.reservedEnd) : undefined;
    const reserved = end !== undefined && end > offset ? end : undefined;
    const metadata = encodeMarks(offset, {
      settled: unfinished.settledPastWatermark(),
      ...suspicion.marks(alone),
      reservedEnd: reserved,
      appendedAt,
    });
    return { offset, metadata, reservedEnd: reserved, suspect: alone?.offset };
  }

  function ended(handed: Handed, how: 'settled' | 'released' | 'parked'): boolean {
    if (!unfinished.end(handed, how)) return false;
    if (unfinished.open === 0) idleSince ??= elapsed();
    suspicion.ended(handed);
    return true;
  }

  return {
    topic,
    partition,
    take(messages, { from, last }) {
      if (closed) return true;
      const fit = unfinished.fit(from);
      if (fit === 'no') return false;
      if (fit === 'anew') rewind(from);
      appendedAt = newestAppend(messages, appendedAt);
      unfinished.take(messages, last, suspicion.countOf);
      return true;
    },
    get position() {
      return unfinished.position;
    },
    trimmed: (to) => unfinished.skipTo(to),
    peek: () => unfinished.next,
    get readiness() {
      return readiness();
    },
    handOver() {
      const ready = readiness();
      if (ready !== 'free' && ready !== 'alone') throw new Error(`Nothing may be handed over: ${ready}.`);
      const entry = unfinished.handOver();
      idleSince = undefined;
      if (ready === 'alone') suspicion.handedOver(entry);
      return entry;
    },
    settle(handed) {
      if (!ended(handed, 'settled')) return;
      unsaid += 1;
      suspicion.settled(handed);
    },
    release(handed) {
      if (ended(handed, 'released')) released = true;
    },
    park: (handed) => void ended(handed, 'parked'),
    commitment(say) {
      if (say === 'suspect' && (unfinished.open > 0 || unfinished.next === undefined || !isSuspect(unfinished.next)))
        throw new Error('There is no suspect, or it would not be alone.');
      if (say === 'suspect' && markedNext() !== undefined) return undefined;
      if (say !== 'run') told.takeBack();
      const commitment = told.tell(compose(say));
      if (commitment !== undefined) unsaid = 0;
      return commitment;
    },
    committed: told.confirm,
    get low() {
      return reservation()?.low ?? false;
    },
    get marked() {
      return told.marked;
    },
    get unsaid() {
      return told.uncertain ? Math.max(unsaid, 1) : unsaid;
    },
    get buffered() {
      return unfinished.waiting;
    },
    get open() {
      return unfinished.open;
    },
    get idleSince() {
      return idleSince;
    },
    get oldestAt() {
      return unfinished.oldestAt;
    },
    get watermark() {
      return unfinished.watermark;
    },
    get appendedAt() {
      return appendedAt;
    },
    get rewound() {
      return rewound;
    },
    close() {
      closed = true;
      unfinished.dropWaiting();
    },
  };
}
