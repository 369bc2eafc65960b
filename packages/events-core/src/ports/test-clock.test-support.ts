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

const startOfTime = Date.UTC(2026, 10, 23, 9);

export function createTestClock(): TestClock {
  let elapsed = 0;
  let began = startOfTime;
  const timers = new Set<{ readonly due: number; readonly run: () => void }>();

  return {
    now: () => began + elapsed,
    elapsed: () => elapsed,
    schedule(delayMs, run) {
      const timer = { due: elapsed + delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const until = elapsed + ms;
      await settled();
      for (;;) {
        const [next] = [...timers].filter(({ due }) => due <= until).toSorted((one, other) => one.due - other.due);
        if (next === undefined) break;
        timers.delete(next);
        elapsed = Math.max(elapsed, next.due);
        next.run();
        await settled();
      }
      elapsed = until;
    },
    set(to) {
      began = to - elapsed;
    },
    timers: () => timers.size,
  };
}
