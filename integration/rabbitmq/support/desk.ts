import type { Deliver, Delivery, Settlement } from '@payments/events-core';

/** A delivery whose fate the test decides. */
interface Open {
  readonly id: string;
  readonly delivery: Delivery;
  settle(settlement?: Settlement): void;
}

/** Keeps every delivery open until the test settles it. */
export function createDesk() {
  const all: Open[] = [];
  const open = new Set<Open>();
  const deliver: Deliver = (delivery) =>
    new Promise((resolve) => {
      const one: Open = {
        id: delivery.message.id ?? '',
        delivery,
        settle(settlement = { kind: 'ack' }) {
          open.delete(one);
          resolve(settlement);
        },
      };
      all.push(one);
      open.add(one);
    });
  return { all, open, deliver };
}
