import { setTimeout as sleep } from 'node:timers/promises';
import { connectBroker, createConsumer, createPublisher } from '@payments/events-core';
import { memory } from '@payments/events-memory';

const broker = await connectBroker(memory());
const consumer = createConsumer({ broker, group: 'mail' });
consumer.on('payment.invoice.created', async (event) => {
  console.log(`sending invoice ${event.data.invoice_id}`);
  await sleep(200);
  console.log(`sent invoice ${event.data.invoice_id}`);
});
await consumer.start();

const publisher = createPublisher({ broker, source: '/billing' });
const invoice = { invoice_id: 'inv_1', customer_id: 'cus_1', amount_due: 4999, currency: 'EUR' };
await publisher.publish('payment.invoice.created', invoice);

// What a deployment does, here in the middle of a handler.
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 100);

// #region program
process.once('SIGTERM', () => void broker.close()); // takes no more, lets handlers finish, flushes publishers
await consumer.ended;
// #endregion
console.log('shut down');
