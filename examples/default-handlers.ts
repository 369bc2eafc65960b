import { whileItRuns } from './while-it-runs.ts';

void whileItRuns(
  () => ({ broker, consumer }),
  2,
  async (publisher) => {
    await publisher.publish('payment.customer.created', { customer_id: 'cus_1', name: 'Ada Lovelace' });
    await publisher.publish('payment.usage.recorded', { subscription_id: 'sub_1', quantity: 3 });
    const invoice = { invoice_id: 'inv_1', customer_id: 'cus_1', amount_due: 4999, currency: 'EUR' };
    await publisher.publish('payment.invoice.paid', invoice);
  },
);

// #region program
import { connectBroker, createConsumer, loadConfig, setupDefaultConsumers } from '@payments/events-core';

const config = await loadConfig(`${import.meta.dirname}/configuration/memory.json`);
await using broker = await connectBroker(config.messaging);

// Create consumer
const consumer = createConsumer({ broker });

// Register default handlers: each logs a line. Replace them one by one, or leave one out.
setupDefaultConsumers(consumer, {
  'payment.invoice.paid': (event) => console.log(`thank you, ${event.data.customer_id}`),
  'payment.usage.recorded': false,
});

// Start consuming events, until SIGTERM
await consumer.start();
process.once('SIGTERM', () => void broker.close());
await consumer.ended;
// #endregion
