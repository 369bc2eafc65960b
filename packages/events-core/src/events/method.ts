import { z } from 'zod';
import { dataSchema } from './data-schema.ts';
import { identifier, text } from './fields.ts';
import type { PaymentEventDefinition } from './payment-event-definition.ts';

/** Data of `payment.method.created`. */
export interface MethodCreated {
  payment_method_id: string;
  customer_id: string;
  /** The payment provider, in its own word: `stripe`. */
  provider?: string | undefined;
}

/** Data of `payment.method.updated`. */
export interface MethodUpdated {
  payment_method_id: string;
  customer_id: string;
  provider?: string | undefined;
  /** The fields that changed, with their new values. */
  updates?: Record<string, unknown> | undefined;
}

/** Data of `payment.method.deleted`. */
export interface MethodDeleted {
  payment_method_id: string;
  customer_id: string;
  provider?: string | undefined;
}

const key = (data: { readonly payment_method_id: string }) => data.payment_method_id;

const method = { payment_method_id: identifier, customer_id: identifier, provider: text.optional() };

const example = { payment_method_id: 'pm_1', customer_id: 'cus_1', provider: 'stripe' };

export const methodCreated: PaymentEventDefinition<MethodCreated> = {
  schema: dataSchema<MethodCreated>()(method),
  key,
  example,
};

export const methodUpdated: PaymentEventDefinition<MethodUpdated> = {
  schema: dataSchema<MethodUpdated>()({
    ...method,
    updates: z.record(z.string(), z.unknown(), { error: 'must be an object' }).optional(),
  }),
  key,
  example: { ...example, updates: { is_default: true } },
};

export const methodDeleted: PaymentEventDefinition<MethodDeleted> = {
  schema: dataSchema<MethodDeleted>()(method),
  key,
  example,
};
