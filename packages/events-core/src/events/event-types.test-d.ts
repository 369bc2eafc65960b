/** Compiled by `tsc`, never run: every claim is an equality or an error that must be there. */
import { z } from 'zod';
import type { Consumer } from '../consume/consumer.ts';
import type { Publisher } from '../publish/publisher.ts';
import { defineEvents } from './define-events.ts';
import type { Event } from './event.ts';
import type { DataIn, DataOut, EventOf, Matching, PaymentEvent, PaymentEvents, TypeOf } from './event-types.ts';
import type { InvoicePaid } from './invoice.ts';
import { exampleOf, paymentEvents } from './payment-events.ts';
import type { TransactionSucceeded } from './transaction.ts';
import { unchecked } from './unchecked.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<_Claim extends true>(): void;
declare const consumer: Consumer;
declare const publisher: Publisher;

// ── The pattern decides what the handler receives ──
consumer.on('payment.transaction.succeeded', (event) => {
  expect<Equal<typeof event, Event<'payment.transaction.succeeded', TransactionSucceeded>>>();
});
consumer.on('payment.subscription.*', (event, context) => {
  expect<
    Equal<
      (typeof event)['type'],
      | 'payment.subscription.created'
      | 'payment.subscription.updated'
      | 'payment.subscription.canceled'
      | 'payment.subscription.renewed'
    >
  >();
  event.data.subscription_id satisfies string;
  // The discriminant narrows the data.
  if (event.type === 'payment.subscription.canceled') event.data.canceled_at satisfies string;
  // @ts-expect-error only `canceled` has it
  void event.data.canceled_at;
  context.signal satisfies AbortSignal;
});
consumer.on('#', (event) => expect<Equal<(typeof event)['type'], keyof PaymentEvents>>());
consumer.on('payment.#', (event) => expect<Equal<(typeof event)['type'], keyof PaymentEvents>>());
consumer.on('*.*.created', (event) => {
  expect<
    Equal<
      (typeof event)['type'],
      | 'payment.customer.created'
      | 'payment.method.created'
      | 'payment.subscription.created'
      | 'payment.transaction.created'
      | 'payment.invoice.created'
    >
  >();
});
consumer.on('#.payment_failed', (event) => expect<Equal<(typeof event)['type'], 'payment.invoice.payment_failed'>>());
consumer.on('payment.#.usage.#.recorded', (event) => expect<Equal<(typeof event)['type'], 'payment.usage.recorded'>>());
// `#` may be empty.
consumer.on('payment.usage.recorded.#', (event) => expect<Equal<(typeof event)['type'], 'payment.usage.recorded'>>());
consumer.on('#.payment.#.#.method.*', (event) => event.data.payment_method_id satisfies string);

// ── A pattern that selects nothing does not compile ──
// @ts-expect-error no event type matches 'payment.subscriptions.*'
consumer.on('payment.subscriptions.*', () => {});
// @ts-expect-error one word too few
consumer.on('payment.*', () => {});
// @ts-expect-error a typo in an exact name
consumer.on('payment.transaction.suceeded', () => {});
// @ts-expect-error `*` is a whole word, never part of one
consumer.on('payment.inv*.paid', () => {});
const fromConfiguration: string = 'payment.invoice.*';
// Unknown until start, and checked there.
consumer.on(fromConfiguration, (event) => expect<Equal<(typeof event)['type'], keyof PaymentEvents>>());

// ── Nothing is ever `any` ──
type IsAny<T> = 0 extends 1 & T ? true : false;
consumer.on('#', (event) => expect<Equal<IsAny<typeof event>, false>>());
consumer.on('#', (event) => expect<Equal<IsAny<(typeof event)['data']>, false>>());
expect<Equal<IsAny<DataIn<PaymentEvents['payment.invoice.paid']>>, false>>();

// ── Handlers written elsewhere ──
expect<Equal<PaymentEvent<'payment.invoice.paid'>, Event<'payment.invoice.paid', InvoicePaid>>>();
expect<Equal<PaymentEvent, EventOf<PaymentEvents, keyof PaymentEvents>>>();
expect<Equal<PaymentEvent<'payment.refund.*'>, never>>();
async function onInvoice(event: PaymentEvent<'payment.invoice.*'>): Promise<void> {
  event.data.amount_due satisfies number;
}
consumer.on('payment.invoice.*', onInvoice);
consumer.on('payment.invoice.paid', onInvoice);
// @ts-expect-error it cannot handle payment methods
consumer.on('payment.method.*', onInvoice);

// ── The catalogue plus yours ──
const events = defineEvents({
  'payment.custom.event': unchecked<{ custom_id: string; details?: string }>(),
  'shop.order.placed': {
    schema: z.object({
      order_id: z.string(),
      total: z.int(),
      currency: z.string(),
      at: z.string().transform((text) => new Date(text)),
    }),
    // Its parameter is the schema's output, without saying so.
    key: (data) => data.order_id,
    amounts: { fields: ['total'], currency: 'currency' },
  },
});
declare const custom: Consumer<typeof events>;
declare const customPublisher: Publisher<typeof events>;
expect<Equal<TypeOf<typeof events>, keyof PaymentEvents | 'payment.custom.event' | 'shop.order.placed'>>();
expect<Equal<Matching<typeof events, 'shop.#'>, 'shop.order.placed'>>();
expect<Equal<DataIn<(typeof events)['shop.order.placed']>['at'], string>>();
expect<Equal<DataOut<(typeof events)['shop.order.placed']>['at'], Date>>();
custom.on('payment.custom.event', (event) => event.data.custom_id satisfies string);
custom.on('shop.#', (event) => event.data.at satisfies Date);
custom.on('*.*.event', (event) => expect<Equal<(typeof event)['type'], 'payment.custom.event'>>());
// The catalogue is still there, and an event is the same event.
custom.on('payment.invoice.paid', (event) => expect<Equal<typeof event, PaymentEvent<'payment.invoice.paid'>>>());
// @ts-expect-error unknown to the default catalogue
consumer.on('payment.custom.event', () => {});
// @ts-expect-error a payment event cannot be redefined
defineEvents({ 'payment.invoice.paid': unchecked<{ nonsense: true }>() });
// @ts-expect-error nor with a definition
defineEvents({ 'payment.invoice.paid': { schema: unchecked<{ nonsense: true }>() } });
// @ts-expect-error a key is a string
defineEvents({ 'shop.order.placed': { schema: unchecked<{ order_id: number }>(), key: (data) => data.order_id } });
// @ts-expect-error neither a schema nor a definition
defineEvents({ 'shop.order.placed': { order_id: 'string' } });

// ── Publishing ──
void publisher.publish('payment.transaction.succeeded', { payment_id: 'pay_1', amount: 4999, currency: 'EUR' });
void customPublisher.publish('payment.custom.event', { custom_id: '123' });
void customPublisher.publish('shop.order.placed', { order_id: '1', total: 1, currency: 'EUR', at: '2026-11-23' });
// Null is all of it.
void publisher.publish('payment.transaction.refunded', { payment_id: 'pay_1', refund_amount: null, currency: 'EUR' });
// A value that may be undefined needs no detour.
declare const maybe: string | undefined;
void publisher.publish('payment.customer.created', { customer_id: 'cus_1', email: maybe });
// @ts-expect-error missing currency
void publisher.publish('payment.transaction.succeeded', { payment_id: 'pay_1', amount: 4999 });
// @ts-expect-error excess property: a typo is caught
void customPublisher.publish('payment.custom.event', { custom_id: '123', detials: 'x' });

// ── The catalogue at run time ──
expect<Equal<typeof paymentEvents, PaymentEvents>>();
exampleOf('payment.transaction.refunded').refund_amount satisfies number | null;
