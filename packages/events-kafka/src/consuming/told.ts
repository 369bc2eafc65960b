import type { Marks } from './marks.ts';

/** What one partition says in a commit. */
export interface Commitment {
  /** The next offset to handle, as Kafka means it. */
  readonly offset: number;
  readonly metadata: string;
  readonly reservedEnd: number | undefined;
  readonly suspect: number | undefined;
}

/** What the broker has been told of one partition, and for certain has stored. */
export interface Told {
  /** Confirmed, and not taken back since: offsets below may be handed over. */
  readonly reservedEnd: number | undefined;
  /** Confirmed, and not taken back since: it may be handed over alone. */
  readonly suspect: number | undefined;
  /** A reservation or a suspect is stored, or may be. */
  readonly marked: boolean;
  /** Something was told that nobody has confirmed. */
  readonly uncertain: boolean;
  /** What is said next reserves nothing; as it may be stored before that is known, nothing is reserved from now on. */
  takeBack(): void;
  /** Undefined when the broker has the same already. What it has is uncertain until this is confirmed. */
  tell(commitment: Commitment): Commitment | undefined;
  /** Only the last one told counts. */
  confirm(commitment: Commitment): void;
  /** What is stored holds no longer, and must be replaced. */
  forget(): void;
}

/** `stored` is in the broker, with these marks in it. */
export function createTold(
  stored: Pick<Commitment, 'offset' | 'metadata'>,
  marks: Pick<Marks, 'reservedEnd' | 'suspect'>,
): Told {
  let said: Pick<Commitment, 'offset' | 'metadata'> | undefined = stored;
  let latest: Commitment | undefined;
  let marked = marks.reservedEnd !== undefined || marks.suspect !== undefined;
  let reservedEnd: number | undefined;
  let suspect: number | undefined;

  function takeBack(): void {
    reservedEnd = undefined;
    suspect = undefined;
  }

  return {
    get reservedEnd() {
      return reservedEnd;
    },
    get suspect() {
      return suspect;
    },
    get marked() {
      return marked;
    },
    get uncertain() {
      return latest !== undefined;
    },
    takeBack,
    tell(commitment) {
      if (said?.offset === commitment.offset && said.metadata === commitment.metadata) return undefined;
      said = undefined;
      latest = commitment;
      if (commitment.reservedEnd !== undefined || commitment.suspect !== undefined) marked = true;
      return commitment;
    },
    confirm(commitment) {
      if (commitment !== latest) return;
      said = commitment;
      latest = undefined;
      ({ reservedEnd, suspect } = commitment);
      marked = reservedEnd !== undefined || suspect !== undefined;
    },
    forget() {
      takeBack();
      said = undefined;
      latest = undefined;
      marked = true;
    },
  };
}
