import type { LabTime } from './lab-time.ts';
import { makeLabTime } from './make-lab-time.ts';

/** A clock that stands still until it is told to move. */
export interface SteppedClock {
  now(): number;
  schedule(delayMs: number, run: () => void): () => void;
  /** When the next timer is due; undefined where none is set. */
  nextDue(): number | undefined;
  /** Jumps to the next timer and runs it. */
  step(): void;
}

export interface VirtualTime extends LabTime {
  /** Ends the stepping. The clock stands still from now on. */
  halt(): void;
}

/**
 * Lets a stepped clock run by itself: after each turn of the event loop, when every promise that could continue has
 * continued, it steps once. The clauses then read as on real time, and an hour takes milliseconds.
 */
export function virtualTime(clock: SteppedClock): VirtualTime {
  let halted = false;
  let lookers: (() => void)[] = [];
  let held = 0;

  async function drive(): Promise<void> {
    while (!halted) {
      await turn();
      if (held === 0 && isDue()) {
        clock.step();
        continue;
      }
      // Before time moves, those who wait for a condition look at what this moment has brought.
      if (lookers.length > 0) {
        const woken = lookers;
        lookers = [];
        for (const look of woken) look();
        await turn();
      }
      if (held > 0 || clock.nextDue() === undefined) await rest();
      else if (!halted) clock.step();
    }
  }
  const isDue = () => (clock.nextDue() ?? Number.POSITIVE_INFINITY) <= clock.now();
  void drive();

  return {
    ...makeLabTime({
      now: () => clock.now(),
      schedule: (delayMs, run) => clock.schedule(delayMs, run),
      nextLook(atMostMs) {
        return new Promise((resolve) => {
          // The timer only makes sure that there is a step to take by then: conditions that act are asked regularly.
          const cancel = clock.schedule(Math.min(lookEachMs, atMostMs), () => {});
          lookers.push(() => {
            cancel();
            resolve();
          });
        });
      },
      hold() {
        held += 1;
        return () => {
          held -= 1;
        };
      },
    }),
    halt() {
      halted = true;
    },
  };
}

const lookEachMs = 20;

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Nothing is scheduled: whoever acts next does so from outside (a child process, a socket). */
function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
