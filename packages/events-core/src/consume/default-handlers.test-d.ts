import type { PaymentEvents } from '../events/event-types.ts';
import type { EventDefinition } from '../events/event-definition.ts';
import type { Consumer } from './consumer.ts';
import { setupDefaultConsumers } from './default-handlers.ts';

declare const consumer: Consumer;
declare const larger: Consumer<PaymentEvents & { readonly 'shop.order.placed': EventDefinition<{ order_id: string }> }>;

setupDefaultConsumers(consumer, {
  'payment.invoice.paid': async (event, context) => {
    event.type satisfies 'payment.invoice.paid';
    event.data.invoice_id satisfies string;
    context.attempt satisfies number;
  },
  'payment.usage.recorded': false,
});
setupDefaultConsumers(larger);
// @ts-expect-error not a payment event
setupDefaultConsumers(larger, { 'shop.order.placed': false });
