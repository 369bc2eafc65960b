import { z } from 'zod';
import { dataSchema } from './data-schema.ts';
import { amount, currency, identifier, instant, text } from './fields.ts';
import type { PaymentEventDefinition } from './payment-event-definition.ts';

/** Data of `payment.invoice.created`. */
export interface InvoiceCreated {
  invoice_id: string;
  customer_id: string;
  /** In the currency's minor unit: 4999 is 49.99 EUR. Negative for a credit. */
  amount_due: number;
  /** ISO 4217, upper case. */
  currency: string;
  subscription_id?: string | undefined;
  /** In the currency's minor unit. */
  amount_paid?: number | undefined;
  /** ISO 8601. */
  due_at?: string | undefined;
  status?: string | undefined;
}

/** Data of `payment.invoice.updated`. */
export interface InvoiceUpdated extends InvoiceCreated {}

/** Data of `payment.invoice.paid`. */
export interface InvoicePaid extends InvoiceCreated {
  /** The payment that paid it. */
  payment_id?: string | undefined;
  /** ISO 8601. */
  paid_at?: string | undefined;
}

/** Data of `payment.invoice.payment_failed`. */
export interface InvoicePaymentFailed extends InvoiceCreated {
  /** The payment that failed. */
  payment_id?: string | undefined;
  /** The provider's code: `card_declined`. */
  error_code?: string | undefined;
  error_message?: string | undefined;
  /** How often payment was tried, this time included. */
  attempt_count?: number | undefined;
  /** When payment is tried next, ISO 8601. Null: never again. */
  next_attempt_at?: string | null | undefined;
}

const key = (data: { readonly invoice_id: string }) => data.invoice_id;

const amounts = { fields: ['amount_due', 'amount_paid'], currency: 'currency' };

const invoice = {
  invoice_id: identifier,
  customer_id: identifier,
  amount_due: amount,
  currency,
  subscription_id: identifier.optional(),
  amount_paid: amount.optional(),
  due_at: instant.optional(),
  status: text.optional(),
};

const example = {
  invoice_id: 'inv_1',
  customer_id: 'cus_1',
  amount_due: 4999,
  currency: 'EUR',
  subscription_id: 'sub_1',
  due_at: '2026-12-07T00:00:00.000Z',
  status: 'open',
};

export const invoiceCreated: PaymentEventDefinition<InvoiceCreated> = {
  schema: dataSchema<InvoiceCreated>()(invoice),
  key,
  amounts,
  example,
};

export const invoiceUpdated: PaymentEventDefinition<InvoiceUpdated> = {
  schema: dataSchema<InvoiceUpdated>()(invoice),
  key,
  amounts,
  example: { ...example, amount_due: 3999 },
};

export const invoicePaid: PaymentEventDefinition<InvoicePaid> = {
  schema: dataSchema<InvoicePaid>()({ ...invoice, payment_id: identifier.optional(), paid_at: instant.optional() }),
  key,
  amounts,
  example: {
    ...example,
    amount_paid: 4999,
    status: 'paid',
    payment_id: 'pay_1',
    paid_at: '2026-11-23T09:00:36.165Z',
  },
};

export const invoicePaymentFailed: PaymentEventDefinition<InvoicePaymentFailed> = {
  schema: dataSchema<InvoicePaymentFailed>()({
    ...invoice,
    payment_id: identifier.optional(),
    error_code: text.optional(),
    error_message: text.optional(),
    attempt_count: z.int({ error: 'must be a whole number' }).min(1, { error: 'must be at least 1' }).optional(),
    next_attempt_at: instant.nullish(),
  }),
  key,
  amounts,
  example: {
    ...example,
    payment_id: 'pay_1',
    error_code: 'card_declined',
    error_message: 'The card was declined.',
    attempt_count: 1,
    next_attempt_at: '2026-11-26T09:00:00.000Z',
  },
};
