import { z } from 'zod';
import { dataSchema } from './data-schema.ts';
import { identifier, instant, text } from './fields.ts';
import type { PaymentEventDefinition } from './payment-event-definition.ts';

/** Data of `payment.usage.recorded`. */
export interface UsageRecorded {
  subscription_id: string;
  /** In the unit of the subscription's plan. Not money: may have decimals, and be negative to correct an earlier record. */
  quantity: number;
  /** When it was used, ISO 8601. UTC where it has no offset, as the Python library writes it. */
  timestamp?: string | null | undefined;
  description?: string | null | undefined;
}

export const usageRecorded: PaymentEventDefinition<UsageRecorded> = {
  schema: dataSchema<UsageRecorded>()({
    subscription_id: identifier,
    quantity: z.number({ error: 'must be a number' }),
    timestamp: instant.nullish(),
    description: text.nullish(),
  }),
  key: (data) => data.subscription_id,
  example: { subscription_id: 'sub_1', quantity: 3, timestamp: '2026-11-23T09:00:36.165Z', description: 'API calls' },
};
