import type { Clock } from '@payments/events-core';
import type { Lease } from './lease.ts';
import { rightLost } from './right-lost.ts';

/** The right to settle what was read in one epoch: it stands while the lease of its member does, or until it is given up. */
export interface Right {
  /** Aborts when it is gone. */
  readonly signal: AbortSignal;
  /** To be asked before it is used: in a process that was paused timers are late. */
  stands(): boolean;
  /** Has it end with the lease by itself, from now on. */
  watch(): void;
  /** Idempotent. */
  giveUp(reason: Error): void;
}

export interface RightOptions {
  readonly clock: Pick<Clock, 'elapsed' | 'schedule'>;
  readonly lease: Pick<Lease, 'endsAt' | 'over'>;
  /** The lease is over: give it up. */
  readonly lapsed: (why: Error) => void;
}

export function createRight({ clock, lease, lapsed }: RightOptions): Right {
  const lost = new AbortController();
  let cancel = () => {};

  function lapse(): void {
    lapsed(rightLost('the group has heard nothing of its consumer for too long'));
  }

  function watch(): void {
    const leftMs = lease.endsAt - clock.elapsed();
    if (leftMs <= 0) lapse();
    else cancel = clock.schedule(leftMs, watch);
  }

  return {
    signal: lost.signal,
    stands() {
      if (lost.signal.aborted) return false;
      if (!lease.over) return true;
      lapse();
      return false;
    },
    watch,
    giveUp(reason) {
      lost.abort(reason);
      cancel();
    },
  };
}
