import type { LabTime } from './lab-time.ts';
import { makeLabTime } from './make-lab-time.ts';

const lookEachMs = 10;

/** The machine's own time: polls each 10 ms. For harnesses of real brokers. */
export function systemTime(): LabTime {
  return makeLabTime({
    now: () => Date.now(),
    schedule(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    nextLook: (atMostMs) => new Promise((resolve) => setTimeout(resolve, Math.min(lookEachMs, atMostMs))),
  });
}
