const firstBackoffMs = 50;
const longestBackoffMs = 5_000;
/** Never at once: all that lost a connection to the same broker would be back in the same moment. */
const shortestBackoffMs = 10;

/** Full jitter below a limit that doubles with each failure. */
export function backoffMs(failures: number, random: () => number): number {
  const limit = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(failures, 10));
  return shortestBackoffMs + random() * (limit - shortestBackoffMs);
}
