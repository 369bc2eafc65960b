/** Bounds how many handlers run at once. First come, first served. */
export interface Slots {
  tryTake(): boolean;
  /** False when one of `leave` aborted first. Several, because `AbortSignal.any` would cost more than all else here. */
  take(...leave: readonly AbortSignal[]): Promise<boolean>;
  give(): void;
}

export function createSlots(size: number): Slots {
  let free = size;
  const waiting = new Set<() => void>();

  return {
    tryTake() {
      if (free === 0 || waiting.size > 0) return false;
      free -= 1;
      return true;
    },
    take(...leave) {
      if (leave.some(({ aborted }) => aborted)) return Promise.resolve(false);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const end = (entered: boolean) => {
        for (const signal of leave) signal.removeEventListener('abort', giveUp);
        waiting.delete(enter);
        resolve(entered);
      };
      const enter = () => end(true);
      const giveUp = () => end(false);
      waiting.add(enter);
      for (const signal of leave) signal.addEventListener('abort', giveUp, { once: true });
      return promise;
    },
    give() {
      const [next] = waiting;
      if (next === undefined) {
        free += 1;
        return;
      }
      // The place passes on directly, or a newcomer could take it before the one who waited.
      next();
    },
  };
}
