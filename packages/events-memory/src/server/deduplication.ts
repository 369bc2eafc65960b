import { createFingerprints, takeFingerprint, type Fingerprint } from './fingerprints.ts';

/**
 * Ids stored within a window of time. Two generations, so that the oldest are forgotten all at once: an id is known for
 * at least a window, and for two at most.
 */
export interface Deduplication {
  has(id: string, now: number): boolean;
  /** False when one more would make it forget another too early. */
  hasRoom(now: number): boolean;
  /** The id must not be known, and there must be room. */
  add(id: string, now: number): void;
  readonly size: number;
}

/** Two generations of so many take at most 128 MiB. */
const generationSize = 4_194_304;

export function createDeduplication(windowMs: number, mostPerGeneration = generationSize): Deduplication {
  const fingerprint: Fingerprint = { high: 0, low: 0 };
  let fingerprintOf: string | undefined;
  let young = createFingerprints();
  let old = createFingerprints();
  let youngSince = Number.NEGATIVE_INFINITY;

  function turn(now: number): void {
    const age = now - youngSince;
    if (age < windowMs) return;
    const forgotten = old;
    forgotten.clear();
    // After a long silence what is young has expired as well.
    const silent = age >= 2 * windowMs;
    if (silent) young.clear();
    old = young;
    young = forgotten;
    youngSince = silent ? now : youngSince + windowMs;
  }

  /** Asked for and then added, an id is read once. */
  function take(id: string): void {
    if (id === fingerprintOf) return;
    takeFingerprint(id, fingerprint);
    fingerprintOf = id;
  }

  return {
    has(id, now) {
      turn(now);
      take(id);
      return young.has(fingerprint) || (old.size > 0 && old.has(fingerprint));
    },
    hasRoom(now) {
      turn(now);
      return young.size < mostPerGeneration;
    },
    add(id, now) {
      turn(now);
      take(id);
      young.add(fingerprint);
    },
    get size() {
      return young.size + old.size;
    },
  };
}
