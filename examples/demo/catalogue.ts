import { defineEvents, type EventOf, type TypeOf } from '@payments/events-core';
import { z } from 'zod';

/** The payment events, and one of the demo's own: what billing says at the end of a day that it took. */
export const events = defineEvents({
  'payment.day.closed': {
    // Minor units by currency.
    schema: z.object({ date: z.string(), totals: z.record(z.string(), z.int()) }),
    key: ({ date }) => date,
  },
});

export type DemoEvents = typeof events;

/** Any event of the demo, as a handler receives it. */
export type DemoEvent = EventOf<DemoEvents, TypeOf<DemoEvents>>;
