import type { Clock } from '@payments/events-core';
import type { Session } from './server/session.ts';
import type { Wire } from './server/wire.ts';

/** The right to settle what was handed over: kept by heartbeats, one timer for all that is held. */
export interface Lease {
  /** Looks at the time, and sends a heartbeat. */
  beat(): void;
  stop(): void;
}

export interface LeaseOptions {
  readonly session: Session;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly progressed: () => void;
  readonly expired: () => void;
}

export function keepLease({ session, wire, clock, leaseMs, progressed, expired }: LeaseOptions): Lease {
  const intervalMs = leaseMs / 3;
  /** A tenth early: the right ends here before the server gives it to somebody else. */
  const ownMs = leaseMs * 0.9;
  let endsAt = clock.now() + ownMs;
  let cancel = clock.schedule(intervalMs, beat);

  function beat(): void {
    cancel();
    // A frozen process runs nothing; thawed, it looks at the time before anything else.
    if (wire.link.frozen) return;
    const sentAt = clock.now();
    // With nothing between, the answer is immediate, and a debugger's breakpoint is no lost connection.
    if (!wire.clear && sentAt >= endsAt) return expired();
    const renewed = () => {
      endsAt = sentAt + ownMs;
      progressed();
    };
    if (wire.clear) {
      session.renew();
      renewed();
    } else wire.call(() => session.renew()).then(renewed, () => {});
    cancel = clock.schedule(Math.min(intervalMs, Math.max(0, endsAt - sentAt)), beat);
  }

  return { beat, stop: () => cancel() };
}
