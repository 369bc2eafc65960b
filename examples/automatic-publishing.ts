import { connectBroker, createConsumer, createPublisher, loadConfig, publishingPayments } from '@payments/events-core';
import { settled } from './settled.ts';

const config = await loadConfig(`${import.meta.dirname}/configuration/memory.json`);
await using broker = await connectBroker(config.messaging);
const consumer = createConsumer({ broker, group: 'audit' });
consumer.on('#', ({ type, key }) => console.log(`${type} ${key}`));
await consumer.start();
const publisher = createPublisher({ broker, source: '/billing' });

// #region program
/** Your payments service, which knows nothing of events. */
const service = {
  async charge(customer_id: string, amount: number, currency: string) {
    return { payment_id: 'pay_1', customer_id, amount, currency };
  },
  async refund(payment_id: string, refund_amount: number, currency: string) {
    return { payment_id, refund_amount, currency };
  },
};

/** The same service, whose operations publish what they did before they return. */
const payments = publishingPayments(service, publisher, {
  charge: (payment) => [
    { type: 'payment.transaction.created', data: payment },
    { type: 'payment.transaction.succeeded', data: payment },
  ],
  refund: (refund) => ({ type: 'payment.transaction.refunded', data: refund }),
});

const { payment_id } = await payments.charge('cus_1', 4999, 'EUR');
await payments.refund(payment_id, 1500, 'EUR');
// #endregion

await settled(consumer, 3);
