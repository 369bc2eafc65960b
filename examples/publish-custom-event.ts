import { connectBroker, createPublisher, defineEvents, loadConfig } from '@payments/events-core';
import { z } from 'zod';

const config = await loadConfig(`${import.meta.dirname}/configuration/memory.json`);
await using broker = await connectBroker(config.messaging);

// The payment events, and yours. Any schema library that follows Standard Schema will do.
const events = defineEvents({
  'payment.custom.event': z.object({ custom_id: z.string(), details: z.string() }),
});

const publisher = createPublisher({ broker, source: '/billing', events });
const receipt = await publisher.publish('payment.custom.event', {
  custom_id: '123',
  details: 'Custom event details',
});
console.log(`The broker has event ${receipt.id}`);
