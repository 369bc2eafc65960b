import type { Delivery } from '../contract/delivery.ts';
import { foreignId } from '../codec/foreign.ts';

/**
 * Tells an event that kills its process from one whose connection was cut. The broker counts both as unsettled; those
 * that this process lived to see are not the event's doing.
 */
export interface CrashLoopGuard {
  /** Each delivery that has begun ends by `sawLost` or `settled`. */
  begun(delivery: Delivery): void;
  suspects(delivery: Delivery): boolean;
  /** The delivery ended because the right to settle it was lost. */
  sawLost(delivery: Delivery): void;
  settled(delivery: Delivery): void;
}

/** Events remembered; the oldest are forgotten first. Forgetting only makes the guard stricter. */
const most = 10_000;

export function createCrashLoopGuard(maxUnsettled: number): CrashLoopGuard {
  const seen = new Map<string, number>();
  const open = new Set<Delivery>();

  /** Also those whose handlers have not noticed: the event comes again before they end. */
  function lossesOf(name: string): number {
    let losses = seen.get(name) ?? 0;
    for (const one of open) if (one.signal.aborted && nameOf(one) === name) losses += 1;
    return losses;
  }

  return {
    begun: (delivery) => void open.add(delivery),
    suspects(delivery) {
      if (delivery.unsettled < maxUnsettled) return false;
      return delivery.unsettled - lossesOf(nameOf(delivery)) >= maxUnsettled;
    },
    sawLost(delivery) {
      open.delete(delivery);
      const name = nameOf(delivery);
      const count = (seen.get(name) ?? 0) + 1;
      seen.delete(name);
      seen.set(name, count);
      if (seen.size > most) {
        const [oldest] = seen.keys();
        if (oldest !== undefined) seen.delete(oldest);
      }
    },
    settled(delivery) {
      open.delete(delivery);
      if (seen.size > 0) seen.delete(nameOf(delivery));
    },
  };
}

function nameOf({ message, position }: Delivery): string {
  return position ?? message.id ?? foreignId(message.body);
}
