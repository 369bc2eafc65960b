/** Needs a RabbitMQ: no other broker parks events. */
import { connectBroker, createConsumer, createPublisher, loadConfig } from '@payments/events-core';
import { adapterFromConfiguration } from '@payments/events-rabbitmq';
import { settled } from './settled.ts';

const config = await loadConfig(`${import.meta.dirname}/configuration/rabbitmq.json`);

// #region program
const adapter = adapterFromConfiguration(config.messaging);
await using broker = await connectBroker(adapter);

// Nobody has declared a group for it yet: RabbitMQ keeps it aside.
const publisher = createPublisher({ broker, source: '/billing' });
await publisher.publish('payment.transaction.succeeded', { payment_id: 'pay_1', amount: 4999, currency: 'EUR' });

const ledger = createConsumer({ broker, group: 'ledger' });
ledger.on('payment.transaction.succeeded', ({ data }) => console.log(`booked ${data.payment_id}`));
await ledger.start();

const { republished, stillParked } = await adapter.republishParked();
console.log(`republished: ${republished}, still parked: ${stillParked}`);
// #endregion

await settled(ledger, 1);
