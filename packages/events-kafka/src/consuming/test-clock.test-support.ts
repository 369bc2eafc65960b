import type { Clock } from '@payments/events-core';

/** Time that passes only when a test says so. */
interface TestClock extends Clock {
  /** Timers run when they are due, in order, each with everything that it sets off. */
  advance(ms: number): Promise<void>;
  /** Timers that wait. */
  timers(): number;
}

/** Everything that can happen without time passing has happened. */
export const quiet = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Its wall clock and its durations begin at different values: who takes one for the other is seen. */
const startOfTime = Date.UTC(2026, 10, 23, 9);

export function createTestClock(): TestClock {
  let elapsed = 0;
  const timers = new Set<{ readonly due: number; readonly run: () => void }>();

  return {
    now: () => startOfTime + elapsed,
    elapsed: () => elapsed,
    schedule(delayMs, run) {
      const timer = { due: elapsed + delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const until = elapsed + ms;
      await quiet();
      for (;;) {
        const [next] = [...timers].filter(({ due }) => due <= until).toSorted((one, other) => one.due - other.due);
        if (next === undefined) break;
        timers.delete(next);
        elapsed = Math.max(elapsed, next.due);
        next.run();
        await quiet();
      }
      elapsed = until;
    },
    timers: () => timers.size,
  };
}
