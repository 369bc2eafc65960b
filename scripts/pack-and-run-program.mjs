import { connectBroker, createConsumer, createPublisher } from '@payments/events-core';
import { memory } from '@payments/events-memory';

const broker = await connectBroker(memory());
const handled = Promise.withResolvers();

const consumer = createConsumer({ broker, group: 'ledger' });
consumer.on('payment.transaction.succeeded', async (event) => handled.resolve(event));
await consumer.start();

const publisher = createPublisher({ broker, source: '/billing' });
await publisher.publish('payment.transaction.succeeded', { payment_id: 'pay_1', amount: 4999, currency: 'EUR' });

const event = await handled.promise;
await consumer.stop();
await publisher.close();
await broker.close();
if (event.data.payment_id !== 'pay_1') throw new Error(`handled another event than was published: ${event.id}`);
console.log(`handled ${event.type} ${event.id}`);
