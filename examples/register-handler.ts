import { connectBroker, createConsumer, createPublisher, loadConfig, type PaymentEvent } from '@payments/events-core';
import { settled } from './settled.ts';

// #region program
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

// Start consuming
await consumer.start();
// #endregion

// Somebody else publishes. Here it is the same program, because a memory broker lives in one process.
const publisher = createPublisher({ broker, source: '/billing' });
await publisher.publish('payment.transaction.succeeded', { payment_id: 'pay_1', amount: 4999, currency: 'EUR' });
await settled(consumer, 1);
