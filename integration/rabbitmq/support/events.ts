import type { OutgoingMessage, SubscriptionSpec } from '@payments/events-core';
import { names } from '../lab/lab-names.ts';

/** Of every event here. */
export const type = 'shop.order.placed';

/** A group's queue; those beside it have a `.` and what they are for behind that name. */
export const queueOf = (group: string) => `${names.queuePrefix}${group}`;

/** A group for everything, with two short retry steps. */
export function spec(changes: Partial<SubscriptionSpec> = {}): SubscriptionSpec {
  return {
    group: 'g',
    patterns: ['#'],
    types: [type],
    ordering: 'none',
    retryDelaysMs: [50, 400],
    startFrom: 'earliest',
    maxInFlight: 10,
    ...changes,
  };
}

let count = 0;

/** An event that is like no other. */
export function message(changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  count += 1;
  return {
    id: `id-${count}`,
    type,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(`{"n":${count}}`),
    ...changes,
  };
}
