import type { Clock } from '../contract/runtime.ts';

/** Time that passes only when a test says so. */
export interface TestClock extends Clock {
  /** Timers run when they are due, in order, each with everything that it sets off. */
  advance(ms: number): Promise<void>;
  /** As when somebody corrects the machine's time. */
  set(now: number): void;
  /** Timers that wait. */
  timers(): number;
}

/** Everything that can happen without time passing has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export const startOfTime = Date.UTC(2026, 10, 23, 9);

export function createTestClock(): TestClock {
  let now = startOfTime;
  const timers = new Set<{ readonly due: number; readonly run: () => void }>();

  return {
    now: () => now,
    schedule(delayMs, run) {
      const timer = { due: now + delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      await settled();
      for (;;) {
        const [next] = [...timers].filter(({ due }) => due <= until).toSorted((one, other) => one.due - other.due);
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.due);
        next.run();
        await settled();
      }
      now = until;
    },
    set(to) {
      now = to;
    },
    timers: () => timers.size,
  };
}
