import { EventEmitter } from 'node:events';
import { systemClock, type AdapterNotice } from '@payments/events-core';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../connection.ts';
import { delivered } from '../message.test-support.ts';
import type { Settler } from '../settlement.ts';
import { createDeletedQueues } from './deleted-queues.ts';
import type { Epoch, Held } from './epoch.ts';

const never = new AbortController().signal;
const consumerTimeoutMs = 1_000;

type Copying = Parameters<Settler['storeCopy']>[0];

function createBench({
  version = '4.1.0',
  ordering = 'key' as 'key' | 'none',
  heldForMs = consumerTimeoutMs,
  queues = { q: 'there' } as Readonly<Record<string, 'there' | 'gone'>>,
  storeCopy = ({ signal }: Copying) => Promise.resolve(!signal.aborted),
} = {}) {
  const notices: AdapterNotice[] = [];
  const asked: string[] = [];
  const stored: string[] = [];
  const channel = () =>
    Object.assign(new EventEmitter(), {
      close: () => Promise.resolve(),
      checkQueue(queue: string) {
        asked.push(queue);
        return queues[queue] === 'there' ? Promise.resolve({}) : Promise.reject(new Error('NOT_FOUND'));
      },
    });
  const clock = { ...systemClock, elapsed: () => heldForMs };
  const connection = {
    runtime: {
      clock,
      logger: { info() {}, warn() {}, error() {} },
      notify: (notice: AdapterNotice) => void notices.push(notice),
    },
    settings: { consumerTimeoutMs },
  } as unknown as Connection;
  const holds = ['a', 'b'].map((messageId): Held => ({
    tag: 1,
    previous: undefined,
    next: undefined,
    message: delivered({ messageId }),
    heldAtMs: 0,
    queue: 'q',
    note: undefined,
    returned: 0,
    unsettled: 0,
    stuck: false,
  }));
  const ended = Promise.withResolvers<Error>();
  const epoch = {
    live: {
      model: {
        connection: { serverProperties: { version } },
        createChannel: () => Promise.resolve(channel()),
      },
      over: never,
    },
    holds: () => holds,
    end: async (reason: Error) => ended.resolve(reason),
  } as unknown as Epoch;
  const deletedQueues = createDeletedQueues({
    connection,
    spec: { group: 'g', ordering },
    settler: {
      async storeCopy(copying) {
        const done = await storeCopy(copying);
        if (done) stored.push(String(copying.message.properties.messageId));
        return done;
      },
    },
  });
  return { deletedQueues, epoch, ended: ended.promise, notices, asked, stored };
}

describe('a cancelled consumer', () => {
  it.each([
    { version: '4.2.9', heldForMs: 10_000, queue: 'there', asks: false, stores: true },
    { version: '4.3.0', heldForMs: 10_000, queue: 'there', asks: true, stores: false },
    { version: '4.3.0', heldForMs: 10_000, queue: 'gone', asks: true, stores: true },
    // Too soon for a timeout: somebody has declared it again.
    { version: '4.3.0', heldForMs: 400, queue: 'there', asks: false, stores: true },
  ] as const)(
    'of $version after $heldForMs ms, queue $queue: asks $asks, stores $stores',
    async ({ version, heldForMs, queue, asks, stores }) => {
      const bench = createBench({ version, heldForMs, queues: { q: queue } });
      bench.deletedQueues.cancelled(bench.epoch, 'q');
      expect((await bench.ended).message).toMatch(stores ? /was deleted/ : /held for too long/);
      await bench.deletedQueues.restore(never);
      expect(bench.asked).toEqual(asks ? ['q'] : []);
      expect(bench.stored).toEqual(stores ? ['a', 'b'] : []);
      expect(bench.notices.map(({ kind }) => kind)).toEqual(stores ? ['loss-suspected'] : []);
    },
  );
});

describe('what was held', () => {
  it('is stored one after another with ordering key, once, however many ask for it', async () => {
    let under = 0;
    let most = 0;
    const { deletedQueues, epoch, stored } = createBench({
      async storeCopy({ message }) {
        most = Math.max(most, (under += 1));
        // The first takes longest.
        for (let turns = message.properties.messageId === 'a' ? 9 : 0; turns > 0; turns -= 1) await Promise.resolve();
        under -= 1;
        return true;
      },
    });
    deletedQueues.cancelled(epoch, 'q');
    await Promise.all([deletedQueues.restore(never), deletedQueues.restore(never)]);
    expect(stored).toEqual(['a', 'b']);
    expect(most).toBe(1);
  });

  it('holds nobody up when it cannot be copied, and is told of', async () => {
    const { deletedQueues, epoch, stored, notices } = createBench({
      async storeCopy({ message, stuck, signal }) {
        if (message.properties.messageId === 'a') stuck?.();
        return !signal.aborted;
      },
    });
    deletedQueues.cancelled(epoch, 'q');
    await deletedQueues.restore(never);
    expect(stored).toEqual(['b']);
    expect(notices.at(-1)).toMatchObject({ kind: 'loss-suspected', message: expect.stringContaining('Message a') });
  });

  it('is kept for the next time when there was none to store it', async () => {
    const { deletedQueues, epoch, stored } = createBench({ storeCopy: async ({ signal }) => !signal.aborted });
    deletedQueues.cancelled(epoch, 'q');
    await deletedQueues.restore(AbortSignal.abort());
    expect(stored).toEqual([]);
    await deletedQueues.restore(never);
    expect(stored).toEqual(['a', 'b']);
  });
});
