import type { Clock } from '../contract/runtime.ts';

/** The signal of one try; `done` must be called when the try has ended. */
export interface TrySignal {
  readonly signal: AbortSignal;
  done(): void;
}

/**
 * Signals that abort `timeoutMs` after they were taken, or up to 2.5 % later: tries that begin close together share one,
 * because a controller and a timer for each publish would cost more than the publish.
 */
export function createTrySignals(clock: Clock, timeoutMs: number): () => TrySignal {
  const slotMs = Math.max(1, timeoutMs / 40);
  let current: (TrySignal & { readonly closesAt: number; join(): void }) | undefined;

  function openSlot(now: number): NonNullable<typeof current> {
    const controller = new AbortController();
    const cancel = clock.schedule(timeoutMs + slotMs, () => controller.abort());
    let users = 0;
    const slot = {
      signal: controller.signal,
      closesAt: now + slotMs,
      join: () => void (users += 1),
      done() {
        users -= 1;
        if (users > 0) return;
        cancel();
        if (current === slot) current = undefined;
      },
    };
    return slot;
  }

  return () => {
    const now = clock.now();
    // A slot that time has left behind, or a clock that was set back, must not be joined.
    if (current === undefined || now >= current.closesAt || now < current.closesAt - slotMs) current = openSlot(now);
    current.join();
    return current;
  };
}
