import type { Publisher } from './publisher.ts';
import { publishingPayments } from './publishing-payments.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expectType<T extends true>(): T;

declare const publisher: Publisher;
declare const service: {
  readonly currency: string;
  capture(id: string, amount: number): Promise<{ readonly id: string }>;
  cancel(id: string): boolean;
  list(): readonly string[];
};

const payments = publishingPayments(service, publisher, {
  capture: (result, id, amount) => {
    expectType<Equal<typeof result, { readonly id: string }>>();
    expectType<Equal<typeof id, string>>();
    return { type: 'payment.transaction.succeeded', data: { payment_id: result.id, amount, currency: 'EUR' } };
  },
  cancel: (canceled) => {
    expectType<Equal<typeof canceled, boolean>>();
    return canceled ? [] : undefined;
  },
});

expectType<Equal<typeof payments.capture, (id: string, amount: number) => Promise<{ readonly id: string }>>>();
// Announced, so it waits for the broker.
expectType<Equal<typeof payments.cancel, (id: string) => Promise<boolean>>>();
expectType<Equal<typeof payments.list, () => readonly string[]>>();
expectType<Equal<typeof payments.currency, string>>();

// @ts-expect-error no such method
publishingPayments(service, publisher, { captur: () => undefined });
// @ts-expect-error not a method
publishingPayments(service, publisher, { currency: () => undefined });
const half = { payment_id: '1', currency: 'EUR' };
// @ts-expect-error an event without its amount
publishingPayments(service, publisher, { cancel: () => ({ type: 'payment.transaction.succeeded', data: half }) });
// @ts-expect-error not in the catalogue
publishingPayments(service, publisher, { cancel: () => ({ type: 'payment.transaction.exploded', data: {} }) });
