import { wait, type AdapterRuntime, type Settlement } from '@payments/events-core';
import { backoffMs } from './backoff.ts';
import type { Live } from './dial.ts';
import type { Handover } from './server/item.ts';

/** A delivery whose fate is decided, and who may still decide it. */
interface Decided {
  readonly live: Live;
  readonly handover: Handover;
  readonly settlement: Settlement;
  /** Aborts when the right to settle is gone. */
  readonly signal: AbortSignal;
}

/** Applies settlements for one group. */
export interface Settler {
  /** True when it is applied already; the usual case, without a promise. */
  settleNow(live: Live, handover: Handover, settlement: Settlement): boolean;
  /** Until the server confirms it or the right to settle is gone. */
  settleUntilConfirmed(decided: Decided): Promise<void>;
  /** Settlements that the server has not taken at the first try. */
  readonly delayed: number;
}

export interface SettlerOptions {
  readonly group: string;
  readonly runtime: AdapterRuntime;
  /** Milliseconds after which a settlement without an answer is said again. */
  readonly answerWithinMs: number;
}

export function createSettler({ group, runtime, answerWithinMs }: SettlerOptions): Settler {
  const { clock, random, notify } = runtime;
  let delayed = 0;

  async function settleOnce({ live: { session, wire }, handover, settlement, signal }: Decided): Promise<void> {
    const answered = new AbortController();
    const answer = wire.call(() => session.settle(handover, settlement));
    const silence = wait(clock, answerWithinMs, AbortSignal.any([signal, answered.signal])).then(() => {
      throw new Error('The memory broker did not confirm a settlement in time.');
    });
    try {
      // Whatever it says is the end of it: applied now, or applied by an earlier try.
      await Promise.race([answer, silence]);
    } finally {
      silence.catch(() => {});
      answer.catch(() => {});
      answered.abort();
    }
  }

  return {
    get delayed() {
      return delayed;
    },
    settleNow({ session, wire }, handover, settlement) {
      if (!wire.clear) return false;
      try {
        session.settle(handover, settlement);
        stored(settlement);
        return true;
      } catch {
        return false;
      }
    },
    async settleUntilConfirmed(decided) {
      const { settlement, signal } = decided;
      let reported = false;
      for (let failures = 0; !signal.aborted; failures += 1) {
        try {
          await settleOnce(decided);
          stored(settlement);
          break;
        } catch (error) {
          if (signal.aborted) break;
          if (!reported) {
            reported = true;
            delayed += 1;
            notify({ kind: 'settlement-delayed', group, settlement: settlement.kind, error });
          }
        }
        await wait(clock, backoffMs(failures, random), signal);
      }
      if (reported) delayed -= 1;
    },
  };
}

function stored(settlement: Settlement): void {
  if (settlement.kind === 'deadLetter') settlement.onStored?.();
}
