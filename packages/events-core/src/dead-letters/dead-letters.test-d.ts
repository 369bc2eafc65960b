import type { Broker } from '../connection/broker.ts';
import { defineEvents } from '../events/define-events.ts';
import { unchecked } from '../events/unchecked.ts';
import { deadLetters } from './dead-letters.ts';

declare const broker: Broker;

for await (const { event } of deadLetters({ broker }).list()) {
  if (event?.type === 'payment.invoice.paid') event.data.invoice_id satisfies string;
  // @ts-expect-error undefined where it cannot be read
  event.id satisfies string;
}

const events = defineEvents({ 'shop.order.placed': unchecked<{ order_id: string }>() });
await deadLetters({ broker, events }).redrive({
  filter: ({ event }) => event?.type === 'shop.order.placed' && event.data.order_id.startsWith('o'),
});
