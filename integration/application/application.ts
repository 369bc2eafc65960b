/** An application that publishes declarations of its own: everything that it exports must have a name there. */
import {
  createConsumer,
  createPublisher,
  deadLetters,
  defineEvents,
  exampleOf,
  publishingPayments,
  setupDefaultConsumers,
  unchecked,
  type Broker,
  type CheckPattern,
  type Consumer,
  type EventOf,
  type HandlerContext,
  type Matching,
  type PatternHint,
} from '@payments/events-core';

export const events = defineEvents({
  'payment.voucher.sold': unchecked<{ readonly voucher_id: string }>(),
  'payment.voucher.spent': {
    schema: unchecked<{ readonly voucher_id: string; readonly amount: number }>(),
    key: (data: { readonly voucher_id: string }) => data.voucher_id,
    amounts: { fields: ['amount'], currency: 'currency' },
  },
});

type Events = typeof events;

declare const broker: Broker;

export const consumer = createConsumer({ broker, group: 'ledger', events });
export const listening = consumer.on('payment.voucher.*', (event) => event.data.voucher_id);
export const plainConsumer = createConsumer({ broker, group: 'mail' });
export const publisher = createPublisher({ broker, source: '/billing', events });
export const publishVoucher = (id: string) => publisher.publish('payment.voucher.sold', { voucher_id: id });
export const prepared = publisher.prepare('payment.voucher.sold', { voucher_id: 'v_1' });
export const letters = deadLetters({ broker, group: 'ledger', events });
export const listed = letters.list();
export const redrive = () => letters.redrive({ dryRun: true });
export const invoice = exampleOf('payment.invoice.paid');
export const usage = exampleOf('payment.usage.recorded');
export const examples = { created: exampleOf('payment.customer.created'), method: exampleOf('payment.method.deleted') };
export const operations = publishingPayments;
export const defaults = setupDefaultConsumers;

/** A wrapper around `on`, as an application writes one to log what it handles. */
export function onLogged<const P extends string>(
  pattern: CheckPattern<Events, P> | PatternHint<Events>,
  handler: (event: NoInfer<EventOf<Events, Matching<Events, P>>>, context: HandlerContext) => unknown,
): Consumer<Events> {
  return consumer.on<P>(pattern, (event, context) => handler(event, context));
}

export async function lastErrors() {
  const errors = [];
  for await (const entry of letters.list()) errors.push(entry.error);
  return errors;
}

export async function report() {
  return { health: await broker.health(), stats: consumer.stats(), stopped: await consumer.stop() };
}
