import { dataSchema } from './data-schema.ts';
import { flag, identifier, instant, text } from './fields.ts';
import type { PaymentEventDefinition } from './payment-event-definition.ts';

/** Data of `payment.subscription.created`. */
export interface SubscriptionCreated {
  subscription_id: string;
  customer_id: string;
  plan_id: string;
  /** The payment provider, in its own word: `stripe`. */
  provider?: string | undefined;
  /** What the provider calls this subscription. */
  provider_subscription_id?: string | null | undefined;
}

/** Data of `payment.subscription.updated`. */
export interface SubscriptionUpdated {
  subscription_id: string;
  customer_id?: string | undefined;
  plan_id?: string | undefined;
  status?: string | undefined;
}

/** Data of `payment.subscription.canceled`. */
export interface SubscriptionCanceled {
  subscription_id: string;
  customer_id?: string | undefined;
  plan_id?: string | undefined;
  /** True: it goes on until the end of the period that is paid for. */
  cancel_at_period_end?: boolean | undefined;
  /** ISO 8601. UTC where it has no offset, as the Python library writes it; `new Date()` would read that as local time. */
  canceled_at: string;
  reason?: string | undefined;
}

/** Data of `payment.subscription.renewed`. */
export interface SubscriptionRenewed {
  subscription_id: string;
  customer_id?: string | undefined;
  plan_id?: string | undefined;
  /** First instant of the new period, ISO 8601. */
  current_period_start?: string | undefined;
  /** End of the new period, ISO 8601. */
  current_period_end?: string | undefined;
}

const key = (data: { readonly subscription_id: string }) => data.subscription_id;

const subscription = {
  subscription_id: identifier,
  customer_id: identifier.optional(),
  plan_id: identifier.optional(),
};

const example = { subscription_id: 'sub_1', customer_id: 'cus_1', plan_id: 'plan_monthly' };

export const subscriptionCreated: PaymentEventDefinition<SubscriptionCreated> = {
  schema: dataSchema<SubscriptionCreated>()({
    subscription_id: identifier,
    customer_id: identifier,
    plan_id: identifier,
    provider: text.optional(),
    provider_subscription_id: text.nullish(),
  }),
  key,
  example: { ...example, provider: 'stripe', provider_subscription_id: 'sub_1MowQVLkdIwHu7ix' },
};

export const subscriptionUpdated: PaymentEventDefinition<SubscriptionUpdated> = {
  schema: dataSchema<SubscriptionUpdated>()({ ...subscription, status: text.optional() }),
  key,
  example: { ...example, plan_id: 'plan_yearly', status: 'active' },
};

export const subscriptionCanceled: PaymentEventDefinition<SubscriptionCanceled> = {
  schema: dataSchema<SubscriptionCanceled>()({
    ...subscription,
    cancel_at_period_end: flag.optional(),
    canceled_at: instant,
    reason: text.optional(),
  }),
  key,
  example: { ...example, cancel_at_period_end: true, canceled_at: '2026-11-23T09:00:36.165Z', reason: 'too expensive' },
};

export const subscriptionRenewed: PaymentEventDefinition<SubscriptionRenewed> = {
  schema: dataSchema<SubscriptionRenewed>()({
    ...subscription,
    current_period_start: instant.optional(),
    current_period_end: instant.optional(),
  }),
  key,
  example: {
    ...example,
    current_period_start: '2026-11-23T00:00:00.000Z',
    current_period_end: '2026-12-23T00:00:00.000Z',
  },
};
