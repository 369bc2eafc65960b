import { BrokerUnavailableError, ConfigurationError } from '@payments/events-core';
import type { Admin } from 'kafkajs';
import { expect, test } from 'vitest';
import { measureBacklog } from './backlog.ts';
import type { Connection } from './connection.ts';
import { encodeMarks } from './consuming/marks.ts';
import { settingsOf } from './options.ts';

const settings = settingsOf({ url: 'kafka://one', topicPrefix: 'p.' });
type Extent = readonly [low: number, high: number];

interface Broker {
  readonly topics: Readonly<Record<string, readonly Extent[]>>;
  readonly committed?: Readonly<Record<string, readonly (readonly [offset: number, metadata?: string])[]>>;
}

function measure({ topics, committed = {} }: Broker, more: { inFlight?: number; error?: Error } = {}) {
  const admin: Partial<Admin> = {
    fetchTopicOffsets: async (topic) =>
      topics[topic]!.map(([low, high], partition) => ({
        partition,
        offset: `${high}`,
        low: `${low}`,
        high: `${high}`,
      })),
    fetchOffsets: async ({ topics: asked = Object.keys(committed) }) =>
      asked.map((topic) => ({
        topic,
        partitions: (committed[topic] ?? [[-1]]).map(([offset, metadata = null], partition) => ({
          partition,
          offset: `${offset}`,
          metadata,
        })),
      })),
    describeGroups: async () => ({ groups: [] }),
  };
  const ask = (_: string, run: (asked: Admin) => Promise<unknown>) =>
    more.error === undefined ? run(admin as Admin) : Promise.reject(more.error);
  const connection = { settings, admin: { ask }, topics: { list: async () => Object.keys(topics) } };
  return measureBacklog({
    connection: connection as unknown as Connection,
    group: 'ledger',
    spec: undefined,
    inFlight: more.inFlight ?? 0,
  });
}

const dead = 'p.ledger.dead-letters';
const noLetters: readonly Extent[] = [
  [0, 0],
  [0, 0],
];

test('what lies behind the committed offsets waits, less what is settled there and what is in flight', async () => {
  const marks = encodeMarks(10, { settled: [12, 13, 14], counts: [] });
  const broker = {
    topics: {
      'p.transaction': [
        [0, 30],
        [5, 25],
      ],
      'p.ledger.retry-now': [[0, 4]],
      [dead]: noLetters,
    } as const,
    committed: { 'p.transaction': [[10, marks], [25]], 'p.ledger.retry-now': [[1]] } as const,
  };
  expect(await measure(broker, { inFlight: 2 })).toEqual({
    waiting: 17 + 3 - 2,
    inFlight: 2,
    retrying: 0,
    dead: 0,
    exact: false,
    bound: 'upper',
  });
});

test('retries in all steps there are, and letters that were not removed', async () => {
  const broker = {
    topics: {
      'p.ledger.retry-1000ms': [[0, 3]],
      'p.ledger.retry-77ms': [[0, 5]],
      'p.other.retry-77ms': [[0, 50]],
      [dead]: [
        [2, 9],
        [1, 4],
      ],
    } as const,
    committed: { 'p.ledger.retry-77ms': [[4]] } as const,
  };
  expect(await measure(broker)).toMatchObject({ retrying: 3 + 1, dead: 7 - 3, waiting: 0 });
});

test('without a commit all that is kept waits, and so it does where the commit is of a topic that is gone', async () => {
  for (const offset of [-1, -2, 99]) {
    const broker = {
      topics: { 'p.transaction': [[5, 25]], [dead]: noLetters },
      committed: { 'p.transaction': [[offset]] },
    } as const;
    expect(await measure(broker)).toMatchObject({ waiting: 20 });
  }
});

test('a group that nobody has declared, and a broker that does not answer', async () => {
  await expect(measure({ topics: { 'p.transaction': [[0, 5]] } })).rejects.toThrow(ConfigurationError);
  const away = new BrokerUnavailableError('away');
  await expect(measure({ topics: { [dead]: noLetters } }, { error: away })).rejects.toBe(away);
  const forbidden = Object.assign(new Error('Not authorized'), { type: 'GROUP_AUTHORIZATION_FAILED' });
  await expect(measure({ topics: { [dead]: noLetters } }, { error: forbidden })).rejects.toThrow(
    /ledger.*Not authorized.*Grant/,
  );
});
