import { dataSchema } from './data-schema.ts';
import { currency, identifier, text, unsignedAmount } from './fields.ts';
import type { PaymentEventDefinition } from './payment-event-definition.ts';

/** Data of `payment.transaction.created`. */
export interface TransactionCreated {
  payment_id: string;
  /** In the currency's minor unit, 0 or more: 4999 is 49.99 EUR. */
  amount: number;
  /** ISO 4217, upper case. */
  currency: string;
  customer_id?: string | undefined;
  /** The provider's own word: `COMPLETED`. */
  status?: string | undefined;
  /** The payment provider, in its own word: `stripe`. */
  provider?: string | undefined;
  /** What the provider calls this payment. */
  provider_payment_id?: string | null | undefined;
}

/** Data of `payment.transaction.succeeded`. */
export interface TransactionSucceeded extends TransactionCreated {}

/** Data of `payment.transaction.failed`. */
export interface TransactionFailed extends TransactionCreated {
  /** The provider's code: `card_declined`. */
  error_code?: string | undefined;
  error_message?: string | undefined;
}

/** Data of `payment.transaction.refunded`. */
export interface TransactionRefunded {
  payment_id: string;
  /** In the currency's minor unit, 0 or more. Null: all of it. */
  refund_amount: number | null;
  /** ISO 4217, upper case. */
  currency: string;
  refund_id?: string | undefined;
  customer_id?: string | undefined;
  provider?: string | undefined;
  /** What the provider calls this refund. */
  provider_refund_id?: string | null | undefined;
}

const key = (data: { readonly payment_id: string }) => data.payment_id;

const amounts = { fields: ['amount'], currency: 'currency' };

const transaction = {
  payment_id: identifier,
  amount: unsignedAmount,
  currency,
  customer_id: identifier.optional(),
  status: text.optional(),
  provider: text.optional(),
  provider_payment_id: text.nullish(),
};

const example = {
  payment_id: 'pay_1',
  amount: 4999,
  currency: 'EUR',
  customer_id: 'cus_1',
  status: 'COMPLETED',
  provider: 'stripe',
  provider_payment_id: 'pi_3MtwBwLkdIwHu7ix',
};

export const transactionCreated: PaymentEventDefinition<TransactionCreated> = {
  schema: dataSchema<TransactionCreated>()(transaction),
  key,
  amounts,
  example: { ...example, status: 'PENDING' },
};

export const transactionSucceeded: PaymentEventDefinition<TransactionSucceeded> = {
  schema: dataSchema<TransactionSucceeded>()(transaction),
  key,
  amounts,
  example,
};

export const transactionFailed: PaymentEventDefinition<TransactionFailed> = {
  schema: dataSchema<TransactionFailed>()({
    ...transaction,
    error_code: text.optional(),
    error_message: text.optional(),
  }),
  key,
  amounts,
  example: { ...example, status: 'FAILED', error_code: 'card_declined', error_message: 'The card was declined.' },
};

export const transactionRefunded: PaymentEventDefinition<TransactionRefunded> = {
  schema: dataSchema<TransactionRefunded>()({
    payment_id: identifier,
    refund_amount: unsignedAmount.nullable(),
    currency,
    refund_id: identifier.optional(),
    customer_id: identifier.optional(),
    provider: text.optional(),
    provider_refund_id: text.nullish(),
  }),
  key,
  amounts: { fields: ['refund_amount'], currency: 'currency' },
  example: {
    payment_id: 'pay_1',
    refund_amount: 1500,
    currency: 'EUR',
    refund_id: 'ref_1',
    provider: 'stripe',
    provider_refund_id: 're_1Nispe2eZvKYlo2Cd31jOCgZ',
  },
};
