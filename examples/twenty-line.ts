import { connectBroker, createConsumer, createPublisher, loadConfig } from '@payments/events-core';

const config = await loadConfig(`${import.meta.dirname}/configuration/memory.json`);
await using broker = await connectBroker(config.messaging);
const booked = Promise.withResolvers<number>();

const consumer = createConsumer({ broker, group: 'ledger', retry: { initialDelayMs: 100 } });
consumer.on('payment.transaction.succeeded', async (event, context) => {
  const { payment_id, amount, currency } = event.data;
  console.log(`attempt ${context.attempt}: ${payment_id}, ${amount} ${currency}`);
  if (context.attempt === 1) throw new Error('the database is restarting'); // it is handled again
  booked.resolve(amount);
});
await consumer.start();

const publisher = createPublisher({ broker, source: '/billing' });
await publisher.publish('payment.transaction.succeeded', { payment_id: 'pay_1', amount: 4999, currency: 'EUR' });
console.log(`booked ${await booked.promise}`);
