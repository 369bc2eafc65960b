import { ConfigurationError, UnsupportedCapabilityError, type GroupSpec } from '@payments/events-core';
import { expect, test } from 'vitest';
import { declareGroup } from './declare-group.ts';
import type { Connection } from '../connection.ts';
import { settingsOf, type KafkaOptions } from '../options.ts';
import type { TopicToCreate } from '../publishing/topics.ts';

const spec: GroupSpec = {
  group: 'ledger',
  patterns: ['transaction.*'],
  types: ['transaction.created'],
  ordering: 'none',
  retryDelaysMs: [1_000],
  startFrom: 'earliest',
};

function place(options: Partial<KafkaOptions> = {}, existing: readonly string[] = []) {
  const topics = [...existing];
  const made: TopicToCreate[] = [];
  let compacted: string | undefined;
  const describeConfigs = async ({ resources }: { readonly resources: readonly { readonly name: string }[] }) => ({
    resources: resources.map(({ name }) => ({
      resourceName: name,
      configEntries: [{ configName: 'cleanup.policy', configValue: name === compacted ? 'compact' : 'delete' }],
    })),
  });
  const connection = {
    settings: settingsOf({ url: 'kafka://one', topicPrefix: 'p.', ...options }),
    admin: { ask: (_: string, run: (admin: object) => unknown) => run({ describeConfigs }) },
    topics: {
      list: async () => [...topics],
      ensure: async (all: readonly TopicToCreate[]) => {
        for (const topic of all) if (!topics.includes(topic.topic)) made.push(topic);
        topics.push(...all.map(({ topic }) => topic));
      },
    },
    retention: { warnOf() {} },
  } as unknown as Connection;
  return {
    connection,
    made,
    names: () => made.map(({ topic }) => topic),
    compact: (topic: string) => (compacted = topic),
  };
}

test('the topics of events, then those of retries, and last the one that says that the group exists', async () => {
  const { connection, made, names } = place({ partitions: 3, retentionMs: 3_600_000 });
  await declareGroup(connection, spec);
  expect(names()).toEqual(['p.transaction', 'p.ledger.retry-1000ms', 'p.ledger.retry-now', 'p.ledger.dead-letters']);
  const [main, retry, , dead] = made;
  expect(main).toMatchObject({ partitions: 3, config: { 'retention.ms': '3600000', 'retention.bytes': '-1' } });
  // Longer than a consumer may be away.
  expect(Number(retry?.config['retention.ms'])).toBe(7 * 86_400_000 + 4_000);
  expect(dead).toMatchObject({ partitions: 2, config: { 'retention.ms': '-1', 'cleanup.policy': 'delete' } });
  await declareGroup(connection, spec);
  expect(made).toHaveLength(4);
});

test('what is kept for ever is retried for ever, and ordering by key has a topic of its own for what is due at once', async () => {
  const { connection, made, names } = place({ retentionMs: -1 });
  await declareGroup(connection, { ...spec, ordering: 'key', retryDelaysMs: [] });
  expect(names()).toEqual(['p.transaction', 'p.ledger.retry-now-by-key', 'p.ledger.dead-letters']);
  expect(made.map(({ config }) => config['retention.ms'])).toEqual(['-1', '-1', '-1']);
});

test.each([
  ['none', 'p.ledger.retry-now-by-key'],
  ['key', 'p.ledger.retry-now'],
] as const)(
  'ordering %s is refused where the group was declared with the other one, and nothing is made',
  async (ordering, topic) => {
    const { connection, made } = place({}, [topic]);
    const declaring = declareGroup(connection, { ...spec, ordering });
    await expect(declaring).rejects.toMatchObject({
      path: 'consumer.ordering',
      message: expect.stringContaining(topic),
    });
    expect(made).toEqual([]);
  },
);

test('ordering by key needs the events of a key in one topic', async () => {
  const { connection } = place({ topicStrategy: 'type' });
  await expect(declareGroup(connection, { ...spec, ordering: 'key' })).rejects.toThrow(UnsupportedCapabilityError);
});

test('a topic that is compacted is refused', async () => {
  const { connection, compact } = place();
  compact('p.transaction');
  const declaring = declareGroup(connection, spec);
  await expect(declaring).rejects.toThrow(ConfigurationError);
  await expect(declareGroup(connection, spec)).rejects.toThrow(/p\.transaction.*compacted/);
});
