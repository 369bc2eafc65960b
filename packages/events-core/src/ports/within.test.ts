import { expect, test } from 'vitest';
import { createTestClock } from './test-clock.test-support.ts';
import { NoAnswer, within } from './within.ts';

test('an answer in time is handed on, and no timer is left', async () => {
  const clock = createTestClock();
  await expect(within(Promise.resolve(7), { clock, ms: 100, who: 'Kafka', what: 'answer' })).resolves.toBe(7);
  expect(clock.timers()).toBe(0);
});

test('an answer that does not come is an error that says whose, and for what', async () => {
  const clock = createTestClock();
  const waiting = within(new Promise(() => {}), { clock, ms: 100, who: 'Kafka', what: 'list topics' });
  waiting.catch(() => {});
  await clock.advance(100);
  await expect(waiting).rejects.toThrow(new NoAnswer('Kafka did not list topics within 100 ms.'));
});

test('an error that comes too late disturbs nobody', async () => {
  const clock = createTestClock();
  const { promise, reject } = Promise.withResolvers<never>();
  const waiting = within(promise, { clock, ms: 100, who: 'Kafka', what: 'answer' });
  waiting.catch(() => {});
  await clock.advance(100);
  reject(new Error('late'));
  await expect(waiting).rejects.toBeInstanceOf(NoAnswer);
});
