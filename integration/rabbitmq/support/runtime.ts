import { systemClock, type AdapterNotice, type AdapterRuntime, type Clock } from '@payments/events-core';
import { randomUUID } from 'node:crypto';

/** What a test may choose of what core gives. */
export type RuntimeOptions = Partial<Pick<AdapterRuntime, 'clock' | 'random'>>;

/** What core gives an adapter. Says nothing and keeps the notices. Without vitest: programs that a test starts use it too. */
export function runtimeOf(notices: AdapterNotice[] = [], options: RuntimeOptions = {}): AdapterRuntime {
  return {
    instance: `test-${randomUUID().slice(0, 8)}`,
    clock: systemClock,
    random: Math.random,
    logger: { info() {}, warn() {}, error() {} },
    notify: (notice) => void notices.push(notice),
    busy: () => 0,
    ...options,
  };
}

/** As `random`: what is waited for before another try is drawn between a shortest time and a limit, and always the shortest. */
export const shortestWaits = () => 0;

/** The system's clock, but for the timers of one length: those go off when the test says so, and not before. */
export function heldTimers(ofMs: number): { readonly clock: Clock; goOff(): void } {
  const held = new Set<() => void>();

  function schedule(delayMs: number, run: () => void): () => void {
    if (delayMs !== ofMs) return systemClock.schedule(delayMs, run);
    held.add(run);
    return () => void held.delete(run);
  }

  return {
    clock: { ...systemClock, schedule },
    goOff() {
      const due = [...held];
      held.clear();
      for (const run of due) run();
    },
  };
}
