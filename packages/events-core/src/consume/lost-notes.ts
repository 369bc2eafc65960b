import type { Delivery } from '../contract/delivery.ts';
import { deliveryName } from './delivery-name.ts';
import type { DeliveryNotes } from './delivery-notes.ts';

/**
 * With ordering `key` retries happen in place and the broker is told nothing of failed attempts. When the delivery is lost
 * or wanted back while its process lives, they are kept here until the event comes again: a bad connection must neither make
 * retrying endless nor use attempts up at once.
 */
export interface LostNotes {
  /** @param dueAt when the next attempt may begin, on `Clock.elapsed`; 0 is at once. */
  keep(delivery: Delivery, notes: DeliveryNotes, dueAt: number): void;
  /** What was kept, else the notes that came with the delivery. Stays kept: this delivery may be lost before its turn. */
  recall(delivery: Delivery, notes: DeliveryNotes): DeliveryNotes;
  /** When the attempt may begin whose notes were recalled. */
  dueAt(delivery: Delivery): number;
  /** The event has been settled. */
  forget(delivery: Delivery): void;
}

/** Events remembered; the oldest are forgotten first, and their attempts begin again. */
const most = 10_000;

export function createLostNotes(): LostNotes {
  const kept = new Map<string, { readonly notes: DeliveryNotes; readonly dueAt: number }>();

  return {
    keep(delivery, notes, dueAt) {
      if (notes.attempts === 0) return;
      const name = deliveryName(delivery);
      kept.delete(name);
      kept.set(name, { notes, dueAt });
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
    recall(delivery, notes) {
      if (kept.size === 0) return notes;
      const found = kept.get(deliveryName(delivery))?.notes;
      // A redrive in between begins anew.
      return found !== undefined && found.redrives === notes.redrives && found.attempts > notes.attempts
        ? found
        : notes;
    },
    dueAt: (delivery) => kept.get(deliveryName(delivery))?.dueAt ?? 0,
    forget(delivery) {
      if (kept.size > 0) kept.delete(deliveryName(delivery));
    },
  };
}
