import { expect, test } from 'vitest';
import { createApplying } from './applying.ts';

test('no more than so many are under way, and all are waited for', async () => {
  const applying = createApplying(2);
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  await applying.add(first.promise);
  let room = false;
  const adding = applying.add(second.promise).then(() => (room = true));
  await Promise.resolve();
  expect(room).toBe(false);
  first.resolve();
  await adding;
  let all = false;
  const waiting = applying.all().then(() => (all = true));
  await Promise.resolve();
  expect(all).toBe(false);
  second.resolve();
  await waiting;
});

test('a failure is thrown to whoever adds next or waits for all, and settled() never throws', async () => {
  const applying = createApplying(5);
  const failure = new Error('no');
  await applying.add(Promise.reject(failure));
  await applying.settled();
  await expect(applying.add(Promise.resolve())).rejects.toBe(failure);
  await expect(applying.all()).rejects.toBe(failure);
});
