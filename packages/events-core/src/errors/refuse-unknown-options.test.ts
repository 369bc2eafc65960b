import { expect, it } from 'vitest';
import { createConsumer } from '../consume/create-consumer.ts';
import { resolveRetryPolicy } from '../consume/retry-policy.ts';
import { fakeAdapter } from '../connection/fake-adapter.test-support.ts';
import type { PreparedEvent } from '../events/event.ts';
import { createPublisher } from '../publish/create-publisher.ts';

const broker = fakeAdapter();
/** By variables, as the compiler does not see it. */
const misspelt = {
  concurency: { concurency: 2 },
  windows: { windows: 2 },
  maxAttempt: { maxAttempt: 2 },
  key: { Key: 'order_1' },
};

it.each([
  ['consumer.concurency', 'concurrency', () => createConsumer({ broker, group: 'ledger', ...misspelt.concurency })],
  ['publisher.windows', 'window', () => createPublisher({ broker, source: '/shop', ...misspelt.windows })],
  ['retry.maxAttempt', 'maxAttempts', () => resolveRetryPolicy({ jitter: 'none', ...misspelt.maxAttempt })],
])('a misspelt option is refused, with a suggestion: %s', (path, meant, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'EVENTS_CONFIGURATION', path }));
  expect(make).toThrow(`Did you mean "${meant}"?`);
});

it('a misspelt option of a publish is refused: the event would lose its key', async () => {
  const publisher = createPublisher({ broker, source: '/shop' });
  const data = { payment_id: 'pay_1', amount: 4999, currency: 'EUR' };
  const publishing = publisher.publish('payment.transaction.succeeded', data, { id: 'e1', ...misspelt.key });
  await expect(publishing).rejects.toThrow('Did you mean "key"?');
});

it('an event in one object, which no publish takes, is told how to be published', async () => {
  const publisher = createPublisher({ broker, source: '/shop' });
  const event = { type: 'payment.transaction.succeeded', data: {} } as unknown as PreparedEvent;
  await expect(publisher.publish(event)).rejects.toThrow('call publish(event.type, event.data)');
});
