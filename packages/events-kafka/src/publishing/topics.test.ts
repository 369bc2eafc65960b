import { BrokerUnavailableError, ConfigurationError } from '@payments/events-core';
import type { Admin, ITopicConfig } from 'kafkajs';
import { expect, test } from 'vitest';
import { steppedClock } from '../connection/sockets.test-support.ts';
import { createTopics, TopicMissing, type TopicToCreate } from './topics.ts';

const refusal = (type: string) =>
  Object.assign(new Error(`Kafka says ${type}`), { name: 'KafkaJSProtocolError', type });

interface FakeTopic {
  partitions: number;
  /** How often it is shown without leaders first. */
  leaderless?: number;
  /** How often it is not shown first. */
  unseen?: number;
  /** How often its leaders do not know of it first. */
  early?: number;
}

function fakeCluster({
  brokers = 1,
  topology = 'declare' as 'declare' | 'check',
  replicationFactor = undefined as number | undefined,
} = {}) {
  const clock = steppedClock();
  const topics = new Map<string, FakeTopic>();
  const created: ITopicConfig[] = [];
  let asked = 0;
  let onCreate = (topic: ITopicConfig): void => void topics.set(topic.topic, { partitions: topic.numPartitions ?? 1 });
  let describe = (topic: string): FakeTopic => {
    const found = topics.get(topic);
    if (found === undefined) throw refusal('UNKNOWN_TOPIC_OR_PARTITION');
    if ((found.unseen = (found.unseen ?? 0) - 1) >= 0) throw refusal('UNKNOWN_TOPIC_OR_PARTITION');
    return found;
  };
  const admin: Partial<Record<keyof Admin, unknown>> = {
    describeCluster: () => Promise.resolve({ brokers: Array.from({ length: brokers }) }),
    fetchTopicOffsets(topic: string) {
      const found = topics.get(topic)!;
      const early = (found.early = (found.early ?? 0) - 1) >= 0;
      return early ? Promise.reject(refusal('NOT_LEADER_FOR_PARTITION')) : Promise.resolve([]);
    },
    listTopics: () => Promise.resolve([...topics.keys()]),
    async createTopics(options: { topics: ITopicConfig[]; waitForLeaders: boolean }) {
      expect(options.waitForLeaders).toBe(false);
      created.push(...options.topics);
      for (const topic of options.topics) onCreate(topic);
      return true;
    },
    async fetchTopicMetadata({ topics: [name = ''] }: { topics: string[] }) {
      asked += 1;
      const found = describe(name);
      const leader = (found.leaderless = (found.leaderless ?? 0) - 1) >= 0 ? -1 : 0;
      return { topics: [{ name, partitions: Array.from({ length: found.partitions }, () => ({ leader })) }] };
    },
  };
  const ask = <T>(_: string, run: (client: Admin) => Promise<T>) => run(admin as unknown as Admin);
  return {
    clock,
    topics,
    created,
    get asked() {
      return asked;
    },
    describeBy: (next: typeof describe) => (describe = next),
    createBy: (next: typeof onCreate) => (onCreate = next),
    of: createTopics({ admin: { ask }, settings: { topology, replicationFactor }, runtime: { clock } }),
  };
}

const wanted = (topic: string, more: Partial<TopicToCreate> = {}): TopicToCreate => ({
  topic,
  partitions: 3,
  config: { 'cleanup.policy': 'delete' },
  ...more,
});

/** Lets waiting end. */
async function passing<T>(clock: ReturnType<typeof steppedClock>, promise: Promise<T>): Promise<T> {
  let over = false;
  const end = () => (over = true);
  promise.then(end, end);
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.pass(100);
  }
  return promise;
}

test('what is missing is made, what exists is left alone, and all are known afterwards', async () => {
  const cluster = fakeCluster({ brokers: 5 });
  const { of: topics, topics: existing, created } = cluster;
  existing.set('old', { partitions: 7 });
  await topics.ensure([wanted('old'), wanted('new')]);
  expect(created).toEqual([
    {
      topic: 'new',
      numPartitions: 3,
      replicationFactor: 3,
      configEntries: [
        { name: 'min.insync.replicas', value: '2' },
        { name: 'cleanup.policy', value: 'delete' },
      ],
    },
  ]);
  expect(['old', 'new', 'other'].map((topic) => topics.knownPartitionsOf(topic))).toEqual([7, 3, undefined]);
  expect(cluster.asked).toBe(3);
});

test('there are as many replicas as there are brokers, three at most, or as many as are asked for', async () => {
  for (const [brokers, replicationFactor, replicas, insync] of [
    [1, undefined, 1, '1'],
    [2, undefined, 2, '1'],
    [9, 5, 5, '4'],
  ] as const) {
    const cluster = fakeCluster({ brokers, replicationFactor });
    await cluster.of.ensure([wanted('new')]);
    expect(cluster.created[0]).toMatchObject({ replicationFactor: replicas });
    expect(cluster.created[0]?.configEntries?.[0]).toEqual({ name: 'min.insync.replicas', value: insync });
  }
});

test('a topic that was made is waited for until it is seen, each partition is led, and its leaders know of it', async () => {
  const cluster = fakeCluster();
  cluster.createBy(({ topic }) => cluster.topics.set(topic, { partitions: 3, unseen: 2, leaderless: 3, early: 2 }));
  await passing(cluster.clock, cluster.of.ensure([wanted('new')]));
  expect(cluster.asked).toBe(9);
  cluster.createBy(({ topic }) => cluster.topics.set(topic, { partitions: 3, leaderless: Infinity }));
  await expect(passing(cluster.clock, cluster.of.ensure([wanted('never')]))).rejects.toThrow(BrokerUnavailableError);
});

test('whoever is second to make a topic is content with it', async () => {
  const cluster = fakeCluster();
  cluster.createBy(({ topic }) => {
    cluster.topics.set(topic, { partitions: 4 });
    const errors = [refusal('TOPIC_ALREADY_EXISTS')];
    throw Object.assign(new Error('Topic creation errors'), { name: 'KafkaJSAggregateError', errors });
  });
  await cluster.of.ensure([wanted('new')]);
  expect(cluster.of.knownPartitionsOf('new')).toBe(4);
});

test("with topology 'check' nothing is made, and the error says what to make", async () => {
  const cluster = fakeCluster({ topology: 'check' });
  const failure = await cluster.of.ensure([wanted('one'), wanted('two')]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigurationError);
  expect(String(failure)).toMatch(/"one", "two".*3 partitions.*cleanup\.policy/);
  expect(cluster.created).toEqual([]);
});

test('what Kafka refuses to make is a ConfigurationError that says why', async () => {
  const cluster = fakeCluster();
  cluster.createBy(() => {
    const errors = [refusal('TOPIC_ALREADY_EXISTS'), refusal('TOPIC_AUTHORIZATION_FAILED')];
    throw Object.assign(new Error('Topic creation errors'), { name: 'KafkaJSAggregateError', errors });
  });
  await expect(cluster.of.ensure([wanted('new')])).rejects.toThrow(/TOPIC_AUTHORIZATION_FAILED.*Allow the user/);
  cluster.createBy(() => {
    throw new BrokerUnavailableError('away');
  });
  await expect(cluster.of.ensure([wanted('new')])).rejects.toThrow(BrokerUnavailableError);
});

test('partitions are asked for once, and again when what is known is old; what is gone is missing', async () => {
  const cluster = fakeCluster();
  cluster.topics.set('t', { partitions: 2 });
  expect(await Promise.all([1, 2, 3].map(() => cluster.of.partitionsOf('t')))).toEqual([2, 2, 2]);
  expect(cluster.asked).toBe(1);
  cluster.topics.set('t', { partitions: 5 });
  cluster.clock.pass(60_001);
  expect(cluster.of.knownPartitionsOf('t')).toBe(2);
  await new Promise((resolve) => setImmediate(resolve));
  expect(cluster.of.knownPartitionsOf('t')).toBe(5);
  expect(cluster.asked).toBe(2);

  cluster.topics.delete('t');
  cluster.of.forget('t');
  await expect(cluster.of.partitionsOf('t')).rejects.toThrow(TopicMissing);
  expect(cluster.of.knownPartitionsOf('t')).toBeUndefined();
});

test('where the client hides what its brokers have said, the list of topics says whether there is one', async () => {
  const cluster = fakeCluster();
  cluster.describeBy(() => {
    throw new TypeError("Cannot read properties of null (reading 'topicMetadata')");
  });
  await expect(cluster.of.partitionsOf('t')).rejects.toThrow(TopicMissing);
  cluster.topics.set('t', { partitions: 1 });
  await expect(cluster.of.partitionsOf('t')).rejects.toThrow(TypeError);
  cluster.describeBy(() => {
    throw refusal('LEADER_NOT_AVAILABLE');
  });
  await expect(cluster.of.partitionsOf('t')).rejects.toThrow(BrokerUnavailableError);
  expect(await cluster.of.list()).toEqual(['t']);
});
