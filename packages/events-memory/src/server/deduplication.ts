import { createIdTable, hashOf } from './id-table.ts';

/**
 * Ids stored within a window of time, at least the newest `generationSize` of them: what a broker remembers is bounded,
 * or a fast producer fills the memory with ids. Two generations, so that the oldest are forgotten all at once.
 */
export interface Deduplication {
  /** Whether the id was stored less than a window ago. */
  has(id: string, now: number): boolean;
  /** The id must not be known. */
  add(id: string, now: number): void;
  readonly size: number;
}

export function createDeduplication(windowMs: number, generationSize = 32_768): Deduplication {
  let young = createIdTable();
  let old = createIdTable();
  let youngSince = Number.NEGATIVE_INFINITY;

  function turn(now: number): void {
    const forgotten = old;
    forgotten.clear();
    // After a long silence what is young has expired as well.
    if (now - youngSince >= 2 * windowMs) young.clear();
    old = young;
    young = forgotten;
    youngSince = now;
  }

  return {
    has(id, now) {
      const hash = hashOf(id);
      const storedAt = young.storedAt(id, hash) ?? (old.size === 0 ? undefined : old.storedAt(id, hash));
      return storedAt !== undefined && now - storedAt < windowMs;
    },
    add(id, now) {
      if (young.size >= generationSize || now - youngSince >= windowMs) turn(now);
      young.add(id, hashOf(id), now);
    },
    get size() {
      return young.size + old.size;
    },
  };
}
