import type { Clock } from '@payments/events-core';

export interface TopicWatchOptions {
  readonly clock: Clock;
  /** How often to look, in milliseconds. */
  readonly everyMs: number;
  /** Milliseconds since the broker last answered a fetch; undefined before the first. */
  readonly lastFetchAgeMs: () => number | undefined;
  /** All topics that there are. */
  readonly list: () => Promise<readonly string[]>;
  /** Whether what is read is not what is to be read. */
  readonly isOther: (existing: readonly string[]) => boolean;
  /** Called once. */
  readonly changed: () => void;
}

const tickMs = 1_000;
/** The client asks for more each quarter of a second. While one of its topics is gone it fetches nothing, and does not say why. */
const silentMs = 2_000;

/** Looks for topics that have come, and for those that are gone. Ends with the function that is returned. */
export function watchTopics({ clock, everyMs, lastFetchAgeMs, list, isOther, changed }: TopicWatchOptions): () => void {
  let lookedAt = clock.elapsed();
  /** Doubled with every look in vain: it may be the broker that is gone. */
  let patienceMs = silentMs;
  let over = false;
  let cancel = clock.schedule(tickMs, () => void tick());

  async function tick(): Promise<void> {
    const now = clock.elapsed();
    const silent = (lastFetchAgeMs() ?? 0) > silentMs;
    if (!silent) patienceMs = silentMs;
    if (now - lookedAt >= (silent ? Math.min(patienceMs, everyMs) : everyMs)) {
      lookedAt = now;
      if (silent) patienceMs *= 2;
      const existing = await list().catch(() => undefined);
      if (over) return;
      if (existing !== undefined && isOther(existing)) return changed();
    }
    cancel = clock.schedule(tickMs, () => void tick());
  }

  return () => {
    over = true;
    cancel();
  };
}
