import { connectBroker, createConsumer, createPublisher, type PreparedEvent } from '@payments/events-core';
import { memory } from '@payments/events-memory';
import { settled } from './settled.ts';

/** A table in the database of the payments service. */
const outbox = new Map<string, PreparedEvent>();

await using broker = await connectBroker(memory());
const consumer = createConsumer({ broker, group: 'ledger' });
consumer.on('payment.transaction.succeeded', (event) => console.log(`handled ${event.data.payment_id}`));
await consumer.start();
const publisher = createPublisher({ broker, source: '/billing' });

// #region program
// In the transaction that books the payment: validated, with its id, and safe to store as JSON. Nothing is sent.
const prepared = await publisher.prepare('payment.transaction.succeeded', {
  payment_id: 'pay_1',
  amount: 4999,
  currency: 'EUR',
});
outbox.set(prepared.id, prepared);

// After it, as often as needed: every publish of it carries the same id, so a duplicate can be told from a new event.
for (const event of outbox.values()) {
  await publisher.publish(event);
  outbox.delete(event.id);
}
// #endregion

await settled(consumer, 1);
console.log(`left in the outbox: ${outbox.size}`);
