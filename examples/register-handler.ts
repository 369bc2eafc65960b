import { whileItRuns } from './while-it-runs.ts';

void whileItRuns(
  () => ({ broker, consumer }),
  1,
  async (publisher) => {
    await publisher.publish('payment.transaction.succeeded', { payment_id: 'pay_1', amount: 4999, currency: 'EUR' });
  },
);

// #region program
import { connectBroker, createConsumer, loadConfig, type PaymentEvent } from '@payments/events-core';

// Load configuration
const config = await loadConfig(`${import.meta.dirname}/configuration/memory.json`);
await using broker = await connectBroker(config.messaging);

// Create consumer
const consumer = createConsumer({ broker });

// Define handler
async function handlePaymentSucceeded(event: PaymentEvent<'payment.transaction.succeeded'>) {
  const { payment_id, amount, currency } = event.data;
  console.log(`Payment ${payment_id} for ${amount} ${currency} succeeded`);
}

// Register handler
consumer.on('payment.transaction.succeeded', handlePaymentSucceeded);

// Start consuming, until SIGTERM
await consumer.start();
process.once('SIGTERM', () => void broker.close());
await consumer.ended;
// #endregion
