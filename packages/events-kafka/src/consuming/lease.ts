import type { Clock } from '@payments/events-core';

/**
 * How long this member may believe that what it was assigned is still its own. The coordinator gives it away when it has
 * heard nothing for a session, or when members that are to join again do not within the rebalance timeout. Both are
 * measured here from the sending of a request that was answered: the coordinator began to count later.
 */
export interface Lease {
  /** Answered: all is well, and nobody is asked to join again. */
  renewed(sentAtMs: number): void;
  /** Answered: the member is known, and asked to join again. */
  asked(sentAtMs: number): void;
  /** On `Clock.elapsed`. */
  readonly endsAt: number;
  /** To be asked before each hand-over and settlement: in a process that was paused timers are late. */
  readonly over: boolean;
}

export interface LeaseOptions {
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly sessionMs: number;
  readonly rebalanceMs: number;
}

export function createLease({ clock, sessionMs, rebalanceMs }: LeaseOptions): Lease {
  let heardAt = -Infinity;
  let steadyAt = -Infinity;
  const endsAt = () => Math.min(heardAt + sessionMs, steadyAt + rebalanceMs);

  return {
    renewed(sentAtMs) {
      heardAt = Math.max(heardAt, sentAtMs);
      steadyAt = Math.max(steadyAt, sentAtMs);
    },
    asked(sentAtMs) {
      heardAt = Math.max(heardAt, sentAtMs);
    },
    get endsAt() {
      return endsAt();
    },
    get over() {
      return clock.elapsed() >= endsAt();
    },
  };
}
