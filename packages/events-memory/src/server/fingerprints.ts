/**
 * 64 bits of each id, outside the garbage-collected heap: 16 to 32 bytes for an id of any length, where the string itself
 * would take a hundred. Two ids of one fingerprint are one here: for an id beside four million others that is one chance
 * in four million millions.
 */
export interface Fingerprints {
  readonly size: number;
  has(fingerprint: Fingerprint): boolean;
  /** Must not be here yet. */
  add(fingerprint: Fingerprint): void;
  clear(): void;
}

/** Reused for one id after another: an object for each would be garbage at once. */
export interface Fingerprint {
  high: number;
  low: number;
}

const fewestSlots = 256;

export function createFingerprints(): Fingerprints {
  let slots = fewestSlots;
  /** High and low side by side; an empty slot is two zeros. */
  let words = new Int32Array(2 * slots);
  let size = 0;

  /** Where it is, or would be: the first free place after those that want the same one. */
  function indexOf(high: number, low: number): number {
    const last = 2 * slots - 1;
    let index = (2 * low) & last;
    while ((words[index] !== high || words[index + 1] !== low) && (words[index] !== 0 || words[index + 1] !== 0)) {
      index = (index + 2) & last;
    }
    return index;
  }

  function place(high: number, low: number): void {
    const index = indexOf(high, low);
    words[index] = high;
    words[index + 1] = low;
  }

  function grow(): void {
    const before = words;
    slots *= 2;
    words = new Int32Array(2 * slots);
    for (let index = 0; index < before.length; index += 2) {
      const high = before[index] ?? 0;
      const low = before[index + 1] ?? 0;
      if (high !== 0 || low !== 0) place(high, low);
    }
  }

  return {
    get size() {
      return size;
    },
    has({ high, low }) {
      const index = indexOf(high, low);
      return words[index] !== 0 || words[index + 1] !== 0;
    },
    add({ high, low }) {
      // At most half full, so that a search is short.
      if (2 * size >= slots) grow();
      place(high, low);
      size += 1;
    },
    clear() {
      // What was needed once is given back, unless the next generation is likely to need it again.
      if (slots > fewestSlots && 8 * size < slots) {
        slots /= 2;
        words = new Int32Array(2 * slots);
      } else words.fill(0);
      size = 0;
    },
  };
}

/** The same in every process, so that what goes wrong goes wrong again. Never two zeros, which mark an empty slot. */
export function takeFingerprint(id: string, into: Fingerprint): void {
  let high = 0x6a09e667;
  let low = 0x3c6ef372;
  for (let index = 0; index < id.length; index += 1) {
    const unit = id.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
    // A product carries upwards only: without this the low bits would hardly hear of the others.
    low ^= low >>> 15;
    high ^= high >>> 13;
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  into.high = high ^ (high >>> 15);
  into.low = low ^ (low >>> 14) || 1;
}
