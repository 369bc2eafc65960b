import type { Deliver, Delivery } from './delivery.ts';
import type { IncomingMessage } from './message.ts';
import type { SubscriptionSpec } from './subscription.ts';

declare const message: IncomingMessage;
declare const deliver: Deliver;
declare const spec: SubscriptionSpec;
const { signal } = new AbortController();

/** An adapter that never wants anything back says nothing of it. */
const plain: Delivery = { message, state: {}, unsettled: 0, signal, raw: undefined };
void deliver(plain);
void deliver({ ...plain, recalled: signal });
// @ts-expect-error absent is the word for never
void deliver({ ...plain, recalled: undefined });

/** Used without core a subscription may have no such limit. */
// @ts-expect-error
spec.handlerTimeoutMs satisfies number;
