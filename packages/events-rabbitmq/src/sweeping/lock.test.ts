import { EventEmitter } from 'node:events';
import { systemClock, type Clock } from '@payments/events-core';
import { expect, test } from 'vitest';
import type { OwnConnection } from '../connection.ts';
import type { Live } from '../connection/link.ts';
import { createSweepLocks } from './lock.ts';

const held = { queue: 'g.sweep-lock', path: 'group', busy: () => new Error('busy') };
/** Channels open at once, and nothing else is ever answered: those waits end at once. */
const clock: Clock = {
  ...systemClock,
  schedule: (delayMs, run) => systemClock.schedule(delayMs === 10_000 ? 0 : delayMs, run),
};

function createBench(assertQueue: () => Promise<unknown>) {
  const over = new AbortController();
  const channel = Object.assign(new EventEmitter(), { assertQueue, close: () => Promise.resolve() });
  const live = {
    model: { createChannel: () => Promise.resolve(channel) },
    over: over.signal,
    giveUp: (why: Error) => over.abort(why),
  } as unknown as Live;
  const connection = { runtime: { clock }, consumingWithin: () => Promise.resolve(live) } as unknown as OwnConnection;
  return { live, alone: createSweepLocks(() => connection) };
}

test('gives the connection up that may have the lock yet, for want of an answer', async () => {
  const { live, alone } = createBench(() => new Promise(() => {}));
  await expect(alone(held, () => Promise.resolve())).rejects.toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
  expect(live.over.aborted).toBe(true);
});

test('keeps the connection when somebody else has the lock', async () => {
  const { live, alone } = createBench(() => Promise.reject(Object.assign(new Error('locked'), { code: 405 })));
  await expect(alone(held, () => Promise.resolve())).rejects.toThrow('busy');
  expect(live.over.aborted).toBe(false);
});
