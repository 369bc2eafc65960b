/**
 * Ids and when they were stored. A `Map` of many short-lived strings costs three times as much: here the hashes lie side
 * by side, and a string is touched only when its hash is met again.
 */
export interface IdTable {
  readonly size: number;
  /** When the id was stored; undefined when it is not here. */
  storedAt(id: string, hash: number): number | undefined;
  /** The id must not be here yet. */
  add(id: string, hash: number, now: number): void;
  clear(): void;
}

const fewestSlots = 256;

export function createIdTable(): IdTable {
  let slots = 0;
  let hashes = new Int32Array();
  let times = new Float64Array();
  let ids: (string | undefined)[] = [];
  let size = 0;
  resize(fewestSlots);

  function resize(to: number): void {
    const [oldHashes, oldTimes, oldIds] = [hashes, times, ids];
    slots = to;
    hashes = new Int32Array(slots);
    times = new Float64Array(slots);
    ids = Array.from({ length: slots });
    oldIds.forEach((id, slot) => {
      if (id !== undefined) place(id, oldHashes[slot] ?? 0, oldTimes[slot] ?? 0);
    });
  }

  /** Where the id is, or would be: the slot that no other id has taken. */
  function slotOf(id: string, hash: number): number {
    let slot = hash & (slots - 1);
    while (hashes[slot] !== 0 && (hashes[slot] !== hash || ids[slot] !== id)) slot = (slot + 1) & (slots - 1);
    return slot;
  }

  function place(id: string, hash: number, storedAt: number): void {
    const slot = slotOf(id, hash);
    hashes[slot] = hash;
    times[slot] = storedAt;
    ids[slot] = id;
  }

  return {
    get size() {
      return size;
    },
    storedAt(id, hash) {
      const slot = slotOf(id, hash);
      return hashes[slot] === 0 ? undefined : times[slot];
    },
    add(id, hash, now) {
      // At most half full, so that a search is short.
      if (2 * (size + 1) > slots) resize(2 * slots);
      place(id, hash, now);
      size += 1;
    },
    clear() {
      hashes.fill(0);
      ids.fill(undefined);
      size = 0;
    },
  };
}

/** Never 0, which marks an empty slot. */
export function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  // The last characters have hardly reached the low bits, which choose the slot.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) | 0 || 1;
}
