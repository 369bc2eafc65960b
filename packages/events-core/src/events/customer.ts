import { z } from 'zod';
import { dataSchema } from './data-schema.ts';
import { identifier, text } from './fields.ts';
import type { PaymentEventDefinition } from './payment-event-definition.ts';

/** Data of `payment.customer.created`. */
export interface CustomerCreated {
  customer_id: string;
  email?: string | undefined;
  name?: string | undefined;
  /** The payment provider, in its own word: `stripe`. */
  provider?: string | undefined;
  /** What the provider calls this customer. */
  provider_customer_id?: string | null | undefined;
}

/** Data of `payment.customer.updated`. */
export interface CustomerUpdated {
  customer_id: string;
  /** The fields that changed, with their new values. */
  updates?: Record<string, unknown> | undefined;
}

/** Data of `payment.customer.deleted`. */
export interface CustomerDeleted {
  customer_id: string;
}

const key = (data: { readonly customer_id: string }) => data.customer_id;

export const customerCreated: PaymentEventDefinition<CustomerCreated> = {
  schema: dataSchema<CustomerCreated>()({
    customer_id: identifier,
    email: text.optional(),
    name: text.optional(),
    provider: text.optional(),
    provider_customer_id: text.nullish(),
  }),
  key,
  example: {
    customer_id: 'cus_1',
    email: 'ada@example.com',
    name: 'Ada Lovelace',
    provider: 'stripe',
    provider_customer_id: 'cus_NffrFeUfNV2Hib',
  },
};

export const customerUpdated: PaymentEventDefinition<CustomerUpdated> = {
  schema: dataSchema<CustomerUpdated>()({
    customer_id: identifier,
    updates: z.record(z.string(), z.unknown(), { error: 'must be an object' }).optional(),
  }),
  key,
  example: { customer_id: 'cus_1', updates: { email: 'ada@example.org' } },
};

export const customerDeleted: PaymentEventDefinition<CustomerDeleted> = {
  schema: dataSchema<CustomerDeleted>()({ customer_id: identifier }),
  key,
  example: { customer_id: 'cus_1' },
};
