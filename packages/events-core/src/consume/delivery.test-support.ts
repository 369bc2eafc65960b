import type { Delivery } from '../contract/delivery.ts';
import type { IncomingMessage } from '../contract/message.ts';

export interface WireEvent {
  readonly id?: string;
  readonly event_type?: string;
  readonly timestamp?: string;
  readonly source?: string;
  readonly key?: string;
  readonly data?: unknown;
}

/** An event as it comes from a broker. What is `undefined` is missing in the body. */
export function messageOf(event: WireEvent = {}): IncomingMessage {
  const envelope = {
    id: 'e1',
    event_type: 'shop.order.placed',
    timestamp: '2026-11-23T09:00:00.000Z',
    source: '/shop',
    data: { order: 'o1' },
    ...event,
  };
  return { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(envelope)) };
}

export function deliveryOf(event: WireEvent = {}, rest: Partial<Delivery> = {}): Delivery {
  return {
    message: messageOf(event),
    state: {},
    unsettled: 0,
    signal: new AbortController().signal,
    raw: undefined,
    ...rest,
  };
}
