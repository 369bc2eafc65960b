import { z } from 'zod';
import { defineEvents } from './define-events.ts';
import { unchecked } from './unchecked.ts';

/** A catalogue for tests: the payment events, and a few of a shop whose shape a test can bend. */
export const shopEvents = defineEvents({
  'shop.order.placed': {
    schema: z.looseObject({ order: z.string(), total: z.number().optional() }),
    key: (data: { order: string }) => data.order,
  },
  'shop.order.canceled': unchecked<unknown>(),
  'shop.refund.asked': {
    schema: unchecked<{ amount: number }>(),
    amounts: { fields: ['amount'], currency: 'currency' },
  },
});
