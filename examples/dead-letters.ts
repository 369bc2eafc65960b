import {
  connectBroker,
  createConsumer,
  createPublisher,
  deadLetters,
  loadConfig,
  NonRetryableError,
} from '@payments/events-core';
import { buried, settled } from './settled.ts';

const accounts = new Set(['EUR']);
/** The default prints a line for each dead letter; here the program prints its own. */
const logger = { info: () => {}, warn: () => {}, error: console.error };

const config = await loadConfig(`${import.meta.dirname}/configuration/memory.json`);
await using broker = await connectBroker(config.messaging, { logger });
const ledger = createConsumer({ broker, group: 'ledger' });
ledger.on('payment.transaction.succeeded', async (event) => {
  const { payment_id, currency } = event.data;
  // No further attempt can help, so do not wait for five.
  if (!accounts.has(currency)) throw new NonRetryableError(`no account for ${currency}`);
  console.log(`booked ${payment_id}`);
});
await ledger.start();

const publisher = createPublisher({ broker, source: '/billing' });
for (const [payment_id, currency] of [
  ['pay_1', 'EUR'],
  ['pay_2', 'CHF'],
  ['pay_3', 'ISK'],
] as const) {
  await publisher.publish('payment.transaction.succeeded', { payment_id, amount: 4999, currency });
}
await settled(ledger, 3);
await buried(broker, 'ledger', 2);

// #region program
const letters = deadLetters({ broker, group: 'ledger' });

for await (const { id, event, reason, attempts, error } of letters.list()) {
  console.log(`${id}: ${event?.type} ${event?.key}, ${reason} after attempt ${attempts}: ${error?.text}`);
}

// Somebody has opened an account for CHF: handle those again.
accounts.add('CHF');
const { redriven } = await letters.redrive({
  filter: ({ event }) => event?.type === 'payment.transaction.succeeded' && event.data.currency === 'CHF',
});
console.log(`redriven: ${redriven}`);

// The rest was a test of somebody's. Discarding is for good, so it takes ids.
const rest = await Array.fromAsync(letters.list(), ({ id }) => id);
const { discarded } = await letters.discard({ ids: rest });
console.log(`discarded: ${discarded}`);
// #endregion

await settled(ledger, 4);
