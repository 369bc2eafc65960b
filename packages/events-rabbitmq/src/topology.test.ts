import { EventEmitter } from 'node:events';
import { systemClock, type GroupSpec } from '@payments/events-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Live } from './connection/link.ts';
import type { Settings } from './settings.ts';
import { declareGroup, queueArguments, queuesOf, retryStepMs, unroutedQueue } from './topology.ts';

const group = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,62}$/);
const steps = [1, 200, 5_000];

function namesOf(name: string): string[] {
  const { work, suspects, marks, dead, sweepLock, retry } = queuesOf('payment_', name);
  return [work, suspects, marks, dead, sweepLock, ...steps.map(retry)];
}

test('no queue of one group is a queue of another, nor the one for what nobody is bound for', () => {
  fc.assert(
    fc.property(group, group, (one, other) => {
      const names = [...namesOf(one), ...(one === other ? [] : namesOf(other)), unroutedQueue('payment_')];
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    }),
  );
});

test('a delay is rounded up to the next step, or down to the last', () => {
  expect([0, 1, 2, 200, 5_000, 9_999].map((delayMs) => retryStepMs(steps, delayMs))).toEqual([
    1, 1, 200, 200, 5_000, 5_000,
  ]);
  expect(retryStepMs([], 5)).toBeUndefined();
});

test.each(['none', 'key'] as const)(
  'the queues of a group with ordering "%s" stay as they are: RabbitMQ refuses other arguments',
  (ordering) => {
    const spec = { group: 'g', patterns: ['#'], types: [], ordering, startFrom: 'earliest' as const };
    const retryDelaysMs = ordering === 'key' ? [] : [200];
    expect(
      queueArguments({ queuePrefix: 'p_', consumerTimeoutMs: 600_000 }, { ...spec, retryDelaysMs }),
    ).toMatchSnapshot();
  },
);

test('what is to lie in the queues first comes when they are there, and before they are bound', async () => {
  const said: string[] = [];
  const saying = (what: string) => () => Promise.resolve(void said.push(what));
  const channel = () =>
    Object.assign(new EventEmitter(), {
      close: () => Promise.resolve(),
      assertExchange: saying('exchange'),
      bindExchange: saying('exchange'),
      assertQueue: saying('queue'),
      bindQueue: saying('binding'),
    });
  const model = { createChannel: () => Promise.resolve(channel()) };
  const live = { model, over: new AbortController().signal } as unknown as Live;
  const settings = { exchange: 'e', queuePrefix: 'p_', topology: 'declare', unroutable: 'error' } as Settings;
  const spec: GroupSpec = {
    group: 'g',
    ordering: 'key',
    patterns: ['#'],
    types: [],
    retryDelaysMs: [],
    startFrom: 'earliest',
  };
  await declareGroup(live, { clock: systemClock, settings, beforeBinding: saying('what was held') }, spec);
  expect([...new Set(said)]).toEqual(['exchange', 'queue', 'what was held', 'binding']);
});
