import assert from 'node:assert/strict';
import { createConsumer, createPublisher } from '@payments/events-core';
import { memory } from '@payments/events-memory';

// #region program
const broker = memory({ clock: 'virtual' });

// Your code: a consumer that mails receipts, and whose mail server is away the first two times.
const mailed: string[] = [];
const consumer = createConsumer({ broker, group: 'receipts' });
consumer.on('payment.transaction.succeeded', async (event, { attempt }) => {
  if (attempt < 3) throw new Error('the mail server does not answer');
  mailed.push(event.data.payment_id);
});
await consumer.start();
const publisher = createPublisher({ broker, source: '/tests' });

// The three lines of a test: publish, let everything happen, assert.
await publisher.publish('payment.transaction.succeeded', { payment_id: 'pay_1', amount: 4999, currency: 'EUR' });
await broker.advance(60_000); // a minute of retries, in no time; broker.idle() where nothing waits for the clock
assert.deepEqual(mailed, ['pay_1']);

// What the code under test has published can be asserted too.
assert.equal(broker.published[0]?.type, 'payment.transaction.succeeded');
// #endregion

await consumer.stop();
await publisher.close();
console.log('all assertions hold');
