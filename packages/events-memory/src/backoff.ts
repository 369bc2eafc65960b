const firstBackoffMs = 50;
const longestBackoffMs = 1_000;

/** Twice as long after each failure, up to a second, half of it by chance: what failed together does not come back together. */
export function backoffMs(failures: number, random: () => number): number {
  return Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2);
}
