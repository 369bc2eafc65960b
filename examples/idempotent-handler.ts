import { createConsumer, createPublisher, memoryInbox } from '@payments/events-core';
import { memory } from '@payments/events-memory';

// #region program
const broker = memory({ clock: 'virtual' }); // in a service: await connectBroker(config.messaging)

// Events may be delivered more than once. The inbox remembers their ids, and the handlers run once for each.
// memoryInbox() is for one process; in production, implement the three methods of Inbox on your database.
const consumer = createConsumer({ broker, group: 'shipping', inbox: memoryInbox() });
consumer.on('payment.invoice.paid', async (event) => {
  console.log(`ship what invoice ${event.data.invoice_id} paid for`);
});
await consumer.start();
// #endregion

const publisher = createPublisher({ broker, source: '/billing' });
const paid = await publisher.prepare('payment.invoice.paid', {
  invoice_id: 'inv_1',
  customer_id: 'cus_1',
  amount_due: 4999,
  currency: 'EUR',
});
await publisher.publish(paid);
await broker.advance(3_600_000); // an hour later, when no broker remembers the id any more
await publisher.publish(paid);
await broker.idle();
console.log(`duplicates kept from the handlers: ${consumer.stats().deduplicated}`);

await consumer.stop();
await publisher.close();
