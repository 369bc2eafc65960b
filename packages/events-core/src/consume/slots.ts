/** Bounds how many handlers run at once. First come, first served. */
export interface Slots {
  tryTake(): boolean;
  /** False when one of `leave` aborted first. */
  take(...leave: readonly AbortSignal[]): Promise<boolean>;
  give(): void;
}

interface Waiter {
  readonly leave: readonly AbortSignal[];
  readonly end: (entered: boolean) => void;
}

export function createSlots(size: number): Slots {
  let free = size;
  const waiting = new Set<Waiter>();
  /** Signals are shared by many waiters: one listener for each signal, because one for each waiter would cost more than all else here. */
  const watched = new WeakSet<AbortSignal>();

  function watch(signal: AbortSignal): void {
    if (watched.has(signal)) return;
    watched.add(signal);
    signal.addEventListener('abort', giveUp, { once: true });
  }

  function giveUp(): void {
    for (const waiter of waiting) {
      if (!waiter.leave.some(({ aborted }) => aborted)) continue;
      waiting.delete(waiter);
      waiter.end(false);
    }
  }

  return {
    tryTake() {
      if (free === 0 || waiting.size > 0) return false;
      free -= 1;
      return true;
    },
    take(...leave) {
      if (leave.some(({ aborted }) => aborted)) return Promise.resolve(false);
      for (const signal of leave) watch(signal);
      return new Promise((resolve) => void waiting.add({ leave, end: resolve }));
    },
    give() {
      const [next] = waiting;
      if (next === undefined) {
        free += 1;
        return;
      }
      // The place passes on directly, or a newcomer could take it before the one who waited.
      waiting.delete(next);
      next.end(true);
    },
  };
}
