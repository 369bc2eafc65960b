import type { Delivery } from '../contract/delivery.ts';
import { createLinkedList, type ListNode } from '../ports/linked-list.ts';
import { deliveryName } from './delivery-name.ts';

/** A delivery that has begun and not ended. */
interface OpenDelivery extends ListNode<OpenDelivery> {
  readonly delivery: Delivery;
}

/**
 * Tells an event that kills its process from one whose connection was cut. The broker counts both as unsettled; those
 * that this process lived to see are not the event's doing.
 */
export interface CrashLoopGuard {
  /** What has begun ends once, by `sawLost`, `released` or `settled`. */
  begun(delivery: Delivery): OpenDelivery;
  suspects(delivery: Delivery): boolean;
  /** The delivery ended because the right to settle it was lost. */
  sawLost(open: OpenDelivery): void;
  /** Given back: what is known of the event stays known. */
  released(open: OpenDelivery): void;
  settled(open: OpenDelivery): void;
}

/** Events remembered; the oldest are forgotten first. Forgetting only makes the guard stricter. */
const most = 10_000;

export function createCrashLoopGuard(maxUnsettled: number): CrashLoopGuard {
  const seen = new Map<string, number>();
  const open = createLinkedList<OpenDelivery>();

  /** Also those whose handlers have not noticed: the event comes again before they end. */
  function lossesOf(name: string): number {
    let losses = seen.get(name) ?? 0;
    for (const { delivery } of open) if (delivery.signal.aborted && deliveryName(delivery) === name) losses += 1;
    return losses;
  }

  return {
    begun(delivery) {
      const one = { delivery, previous: undefined, next: undefined };
      open.append(one);
      return one;
    },
    suspects(delivery) {
      if (delivery.unsettled < maxUnsettled) return false;
      return delivery.unsettled - lossesOf(deliveryName(delivery)) >= maxUnsettled;
    },
    sawLost(one) {
      open.remove(one);
      const name = deliveryName(one.delivery);
      const count = (seen.get(name) ?? 0) + 1;
      seen.delete(name);
      seen.set(name, count);
      if (seen.size > most) {
        const [oldest] = seen.keys();
        if (oldest !== undefined) seen.delete(oldest);
      }
    },
    released: (one) => open.remove(one),
    settled(one) {
      open.remove(one);
      if (seen.size > 0) seen.delete(deliveryName(one.delivery));
    },
  };
}
