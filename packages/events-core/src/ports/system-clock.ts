import type { Clock } from '../contract/runtime.ts';

/** `setTimeout` counts in 32 bits: a longer delay would fire at once. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  schedule(delayMs, run) {
    const due = performance.now() + delayMs;
    let timer = setTimeout(check, Math.min(delayMs, longestTimeoutMs));
    function check(): void {
      const left = due - performance.now();
      if (delayMs <= longestTimeoutMs || left <= 0) run();
      else timer = setTimeout(check, Math.min(left, longestTimeoutMs));
    }
    return () => clearTimeout(timer);
  },
};
