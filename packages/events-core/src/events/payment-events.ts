import { z } from 'zod';
import { customerCreated, customerDeleted, customerUpdated } from './customer.ts';
import type { CustomerCreated, CustomerDeleted, CustomerUpdated } from './customer.ts';
import type { EventDefinition } from './event-definition.ts';
import type { DataOut } from './event-types.ts';
import { invoiceCreated, invoicePaid, invoicePaymentFailed, invoiceUpdated } from './invoice.ts';
import type { InvoiceCreated, InvoicePaid, InvoicePaymentFailed, InvoiceUpdated } from './invoice.ts';
import { methodCreated, methodDeleted, methodUpdated } from './method.ts';
import type { MethodCreated, MethodDeleted, MethodUpdated } from './method.ts';
import type { PaymentEventDefinition } from './payment-event-definition.ts';
import { subscriptionCanceled, subscriptionCreated, subscriptionRenewed, subscriptionUpdated } from './subscription.ts';
import type {
  SubscriptionCanceled,
  SubscriptionCreated,
  SubscriptionRenewed,
  SubscriptionUpdated,
} from './subscription.ts';
import { transactionCreated, transactionFailed, transactionRefunded, transactionSucceeded } from './transaction.ts';
import type {
  TransactionCreated,
  TransactionFailed,
  TransactionRefunded,
  TransactionSucceeded,
} from './transaction.ts';
import { usageRecorded } from './usage.ts';
import type { UsageRecorded } from './usage.ts';

/** The nineteen payment events and the data of each. */
export interface PaymentEvents {
  readonly 'payment.customer.created': EventDefinition<CustomerCreated>;
  readonly 'payment.customer.updated': EventDefinition<CustomerUpdated>;
  readonly 'payment.customer.deleted': EventDefinition<CustomerDeleted>;
  readonly 'payment.method.created': EventDefinition<MethodCreated>;
  readonly 'payment.method.updated': EventDefinition<MethodUpdated>;
  readonly 'payment.method.deleted': EventDefinition<MethodDeleted>;
  readonly 'payment.subscription.created': EventDefinition<SubscriptionCreated>;
  readonly 'payment.subscription.updated': EventDefinition<SubscriptionUpdated>;
  readonly 'payment.subscription.canceled': EventDefinition<SubscriptionCanceled>;
  readonly 'payment.subscription.renewed': EventDefinition<SubscriptionRenewed>;
  readonly 'payment.transaction.created': EventDefinition<TransactionCreated>;
  readonly 'payment.transaction.succeeded': EventDefinition<TransactionSucceeded>;
  readonly 'payment.transaction.failed': EventDefinition<TransactionFailed>;
  readonly 'payment.transaction.refunded': EventDefinition<TransactionRefunded>;
  readonly 'payment.invoice.created': EventDefinition<InvoiceCreated>;
  readonly 'payment.invoice.updated': EventDefinition<InvoiceUpdated>;
  readonly 'payment.invoice.paid': EventDefinition<InvoicePaid>;
  readonly 'payment.invoice.payment_failed': EventDefinition<InvoicePaymentFailed>;
  readonly 'payment.usage.recorded': EventDefinition<UsageRecorded>;
}

const definitions: { readonly [T in keyof PaymentEvents]: PaymentEventDefinition<DataOut<PaymentEvents[T]>> } = {
  'payment.customer.created': customerCreated,
  'payment.customer.updated': customerUpdated,
  'payment.customer.deleted': customerDeleted,
  'payment.method.created': methodCreated,
  'payment.method.updated': methodUpdated,
  'payment.method.deleted': methodDeleted,
  'payment.subscription.created': subscriptionCreated,
  'payment.subscription.updated': subscriptionUpdated,
  'payment.subscription.canceled': subscriptionCanceled,
  'payment.subscription.renewed': subscriptionRenewed,
  'payment.transaction.created': transactionCreated,
  'payment.transaction.succeeded': transactionSucceeded,
  'payment.transaction.failed': transactionFailed,
  'payment.transaction.refunded': transactionRefunded,
  'payment.invoice.created': invoiceCreated,
  'payment.invoice.updated': invoiceUpdated,
  'payment.invoice.paid': invoicePaid,
  'payment.invoice.payment_failed': invoicePaymentFailed,
  'payment.usage.recorded': usageRecorded,
};

/** The catalogue: what publishers and consumers know unless they are given another with `defineEvents`. */
export const paymentEvents: PaymentEvents = Object.freeze(definitions);

/** A valid example of an event's data, fresh at each call. */
export function exampleOf<T extends keyof PaymentEvents>(type: T): DataOut<PaymentEvents[T]> {
  return structuredClone(definitions[type].example);
}

/** The JSON Schema (draft 2020-12) of an event's data, for producers in other languages. Fresh at each call. */
export function jsonSchemaOf(type: keyof PaymentEvents): Record<string, unknown> {
  const schema: z.ZodType = definitions[type].schema;
  return { ...z.toJSONSchema(schema) };
}
