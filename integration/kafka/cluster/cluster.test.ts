/** Three nodes: what happens when leaders move, and when there are not enough of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPublisher, EventsError, PublishRejectedError } from '@payments/events-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectWith, failureOf } from '../../bad-days/bad-day.ts';
import { startKafkaCluster, type KafkaCluster } from '../../brokers/kafka-cluster.ts';
import { payment, topicOfType, type } from '../support/events.ts';
import { openNamespace, type Namespace } from '../support/namespace.ts';
import { readIds } from '../support/read-ids.ts';
import { startFlow } from './flow.ts';
import { replicasOf, untilInSync } from './replicas.ts';

const soak = process.env['EVENTS_SOAK'] === '1';
const tours = soak ? 6 : 1;
const leastEvents = soak ? 100_000 : 20_000;
const downMs = soak ? 10_000 : 4_000;
const nodes = [1, 2, 3] as const;
/** Until the group has found its new coordinator, and the consumer the new leaders. */
const longestSilenceMs = 45_000;

let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafkaCluster();
}, 180_000);
afterAll(() => cluster.remove());

function openPlace(): Promise<Namespace> {
  const { host, port } = cluster.node(1);
  return openNamespace({ url: cluster.url, host, port, container: undefined });
}

/** All topics of a place, and the one that commits are kept in. */
async function untilWell(place: Namespace): Promise<void> {
  const topics = await place.topics();
  await untilInSync(place.admin, ['__consumer_offsets', ...topics.map((topic) => `${place.prefix}${topic}`)]);
}

async function createTopic(place: Namespace, replicas: readonly number[], leastInSync: number): Promise<string> {
  const topic = `${place.prefix}${topicOfType}`;
  const configEntries = [{ name: 'min.insync.replicas', value: `${leastInSync}` }];
  const replicaAssignment = [{ partition: 0, replicas: [...replicas] }];
  const topics = [{ topic, replicaAssignment, configEntries, numPartitions: -1, replicationFactor: -1 }];
  await place.admin.createTopics({ topics, waitForLeaders: false });
  return topic;
}

describe('leaders that move under a steady flow', () => {
  test(
    'as the nodes are stopped and started in turn: each acknowledged event is stored and handled, in order',
    { timeout: tours * 240_000 + leastEvents * 10 },
    async ({ annotate }) => {
      const place = await openPlace();
      await using broker = await connectWith(place.messaging);
      const flow = await startFlow(broker, place, topicOfType);
      for (let tour = 0; tour < tours; tour += 1) {
        for (const node of nodes) {
          await untilWell(place);
          await (tour % 2 === 0 ? cluster.stopNode(node) : cluster.killNode(node));
          await sleep(downMs);
          await cluster.startNode(node);
        }
      }
      await untilWell(place);
      while (flow.acknowledged < leastEvents) await sleep(100);
      const { complaints, figures } = await flow.stop();
      await annotate(JSON.stringify(figures), 'figures');
      expect(complaints, JSON.stringify(figures)).toEqual([]);
      // Two of three nodes are enough to go on.
      expect(figures.longestSilenceMs).toBeLessThan(longestSilenceMs);
      expect((await broker.health()).status).toBe('up');
    },
  );

  test(
    'as partitions are moved to other nodes: nothing is refused or lost',
    { timeout: 240_000 },
    async ({ annotate }) => {
      const place = await openPlace();
      // On two nodes of three, so that there is one to move to.
      await using broker = await connectWith({ ...place.messaging, replication_factor: 2 });
      const flow = await startFlow(broker, place, topicOfType);
      const topic = `${place.prefix}${topicOfType}`;
      for (let turn = 0; turn < 3; turn += 1) {
        const before = await replicasOf(place.admin, topic);
        const partitionAssignment = before.map(({ partition, leader }) => ({
          partition,
          replicas: nodes.filter((node) => node !== leader),
        }));
        await place.admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
        const hasMoved = async () =>
          (await replicasOf(place.admin, topic)).every(
            ({ leader, replicas, inSync, partition }) =>
              leader !== before.find((one) => one.partition === partition)?.leader &&
              replicas.length === 2 &&
              inSync.length === 2,
          );
        await expect.poll(hasMoved, { timeout: 60_000, interval: 250 }).toBe(true);
        await sleep(2_000);
      }
      const { complaints, figures } = await flow.stop();
      await annotate(JSON.stringify(figures), 'figures');
      expect(complaints, JSON.stringify(figures)).toEqual([]);
    },
  );
});

describe('copies that cannot be made', { timeout: 240_000 }, () => {
  test('fewer in sync than the topic asks for: refused with the name of that setting, until the node is back', async () => {
    const place = await openPlace();
    const topic = await createTopic(place, [1, 2, 3], 3);
    await using broker = await connectWith(place.messaging);
    const publisher = createPublisher({ broker, source: '/tests', publishTimeoutMs: 5_000 });
    await publisher.publish(type, payment, { id: 'before' });
    await cluster.stopNode(3);
    try {
      await expect
        .poll(async () => (await replicasOf(place.admin, topic))[0]?.inSync.length, { timeout: 60_000 })
        .toBe(2);
      const { error, tookMs } = await failureOf(() => publisher.publish(type, payment, { id: 'during' }));
      expect(PublishRejectedError.isInstance(error)).toBe(true);
      expect(error).toMatchObject({ reason: 'other', retryable: true });
      expect(String(error)).toContain('min.insync.replicas');
      expect(tookMs).toBeLessThan(7_000);
    } finally {
      await cluster.startNode(3);
    }
    await expect
      .poll(
        () =>
          publisher.publish(type, payment, { id: 'after' }).then(
            () => true,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
    expect(new Set(await readIds(place.url, topic))).toEqual(new Set(['before', 'after']));
  });

  test('no leader: the publish ends in time with an error that may be tried again, others go on, and all recovers', async () => {
    const place = await openPlace();
    const topic = await createTopic(place, [2], 1);
    await using broker = await connectWith(place.messaging);
    const publisher = createPublisher({ broker, source: '/tests', publishTimeoutMs: 5_000 });
    await publisher.publish(type, payment, { id: 'before' });
    await cluster.stopNode(2);
    try {
      const other = publisher.publish('payment.usage.recorded', { subscription_id: 'sub_1', quantity: 1 });
      const { error, tookMs } = await failureOf(() => publisher.publish(type, payment, { id: 'during' }));
      expect(EventsError.isInstance(error) && error.retryable).toBe(true);
      expect(String(error)).toMatch(/leader/i);
      expect(tookMs).toBeLessThan(7_000);
      await other;
    } finally {
      await cluster.startNode(2);
    }
    await expect
      .poll(
        () =>
          publisher.publish(type, payment, { id: 'after' }).then(
            () => true,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
    expect(await readIds(place.url, topic)).toEqual(expect.arrayContaining(['before', 'after']));
  });

  test('two nodes of three down: publishes end in time with an error that may be tried again, and all recovers', async () => {
    const place = await openPlace();
    await using broker = await connectWith(place.messaging);
    const publisher = createPublisher({ broker, source: '/tests', publishTimeoutMs: 5_000 });
    await publisher.publish(type, payment, { id: 'before' });
    await untilWell(place);
    await Promise.all([cluster.killNode(2), cluster.killNode(3)]);
    try {
      const { error, tookMs } = await failureOf(() => publisher.publish(type, payment, { id: 'during' }));
      expect(EventsError.isInstance(error) && error.retryable).toBe(true);
      expect(error).toMatchObject({ code: expect.stringMatching(/^EVENTS_PUBLISH_(OUTCOME_UNKNOWN|REJECTED)$/) });
      expect(tookMs).toBeLessThan(7_000);
      await expect.poll(async () => (await broker.health()).status, { timeout: 30_000 }).not.toBe('up');
    } finally {
      await Promise.all([cluster.startNode(2), cluster.startNode(3)]);
    }
    await expect
      .poll(
        () =>
          publisher.publish(type, payment, { id: 'after' }).then(
            () => true,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
    await untilWell(place);
    expect(await readIds(place.url, `${place.prefix}${topicOfType}`)).toEqual(
      expect.arrayContaining(['before', 'after']),
    );
    await expect.poll(async () => (await broker.health()).status, { timeout: 30_000 }).toBe('up');
  });
});
