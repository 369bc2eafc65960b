import { connectBroker, createConsumer, createPublisher } from '@payments/events-core';
import { memory } from '@payments/events-memory';
import { settled } from './settled.ts';

// #region program
const log = (details: object, message: string) => console.log(message, details);
const logger = { info: log, warn: log, error: log };
await using broker = await connectBroker(memory(), { logger });
// #endregion

const consumer = createConsumer({ broker, group: 'ledger', retry: { initialDelayMs: 100 } });
consumer.on('payment.transaction.succeeded', (_event, { attempt }) => {
  if (attempt === 1) throw new Error('the database is restarting');
});
await consumer.start();
const publisher = createPublisher({ broker, source: '/billing' });
await publisher.publish('payment.transaction.succeeded', { payment_id: 'pay_1', amount: 4999, currency: 'EUR' });
await settled(consumer, 1);
