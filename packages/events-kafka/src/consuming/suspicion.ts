import { chargedMarks, countOf, suspectFrom, type Marks } from './marks.ts';
import type { Entry } from './unfinished.ts';

/** Which messages of one partition the crashes of earlier owners are charged to, and the one that is out alone for it. */
export interface Suspicion {
  /** The suspect that is out. */
  readonly out: Entry | undefined;
  /** Deliveries of it, in epochs before this one, that ended without a settlement. */
  countOf(offset: number): number;
  /** It is out now, alone. */
  handedOver(suspect: Entry): void;
  /** Of one that is no suspect: without effect. */
  ended(entry: Entry): void;
  /** Nothing is charged to it any more. */
  settled(entry: Entry): void;
  /** What a commit is to say of it, where `alone` is or will be out alone. */
  marks(alone: Entry | undefined): Pick<Marks, 'counts' | 'charged' | 'suspect'>;
  /** The log has begun anew: none of its messages was ever out. */
  forget(): void;
}

/** Whether it may have made its owners crash: it is handed over alone. */
export const isSuspect = ({ unsettled }: Pick<Entry, 'unsettled'>): boolean => unsettled >= suspectFrom;

/** `read` is what the last owner has committed. */
export function createSuspicion(read: Marks): Suspicion {
  let { counts, charged } = chargedMarks(read);
  let out: Entry | undefined;

  return {
    get out() {
      return out;
    },
    countOf: (offset) => countOf({ counts, charged }, offset),
    handedOver: (suspect) => void (out = suspect),
    ended(entry) {
      if (out === entry) out = undefined;
    },
    settled(entry) {
      if (charged?.offset === entry.offset) charged = undefined;
    },
    marks: (alone) => ({
      counts,
      // Of the suspect itself its own mark tells.
      charged: charged?.offset === alone?.offset ? undefined : charged,
      suspect: alone && { offset: alone.offset, count: alone.unsettled },
    }),
    forget() {
      counts = [];
      charged = undefined;
      out = undefined;
    },
  };
}
