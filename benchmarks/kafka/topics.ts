import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { Kafka, logLevel, type Admin, type IHeaders } from 'kafkajs';
import { benchType } from '../bench-event.ts';

/** Where the events of one contender go: a topic and a group of its own, so that none sees the others' events. */
export interface Place {
  /** Begins the names of all its topics. */
  readonly prefix: string;
  readonly topic: string;
  readonly group: string;
}

/** Never used before: what a run that was killed has left behind is not met by the next. */
export function placeOf(contender: string): Place {
  const name = `bench-${contender}-${randomBytes(4).toString('hex')}`;
  const prefix = `${name}.`;
  return { prefix, topic: `${prefix}transaction`, group: name };
}

/** As our adapter creates its own: a topic that promises less is quicker. `ours.ts` checks that they are the same. */
const partitions = 6;
const settings: Readonly<Record<string, string>> = {
  'retention.ms': `${30 * 86_400_000}`,
  'min.insync.replicas': '1',
  'cleanup.policy': 'delete',
};

export function kafkaAt(url: string): Kafka {
  const brokers = url.replace(/^kafka:\/\/|\/$/g, '').split(',');
  return new Kafka({ brokers, clientId: 'bench', logLevel: logLevel.NOTHING });
}

export async function createTopic(admin: Admin, { topic }: Place): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  // Leaders are waited for here: kafkajs itself rejects while the topic is not known to all brokers.
  await admin.createTopics({
    waitForLeaders: false,
    topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }],
  });
  for (;;) {
    const led = await admin.fetchTopicMetadata({ topics: [topic] }).then(
      ({ topics }) => topics[0]?.partitions.filter(({ leader }) => leader >= 0).length,
      () => 0,
    );
    if (led === partitions) return;
    await sleep(50);
  }
}

/** @throws {Error} where a topic is not as `createTopic` makes them: then the contest would not be fair. */
export async function assertSame(admin: Admin, { topic }: Place): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const found = topics[0]?.partitions ?? [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: Object.keys(settings) }],
  });
  const values = resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? [];
  const same = values.every(([name = '', value]) => settings[name] === value);
  if (found.length === partitions && found.every(({ replicas }) => replicas.length === 1) && same) return;
  throw new Error(`${topic} has ${found.length} partitions and ${JSON.stringify(Object.fromEntries(values))}.`);
}

/** What the group has not committed. */
export async function lagOf(admin: Admin, { topic, group }: Place): Promise<number> {
  const ends = await admin.fetchTopicOffsets(topic);
  const committed = await committedBy(admin, { topic, group });
  let lag = 0;
  for (const { partition, high, low } of ends) {
    const offset = committed.get(partition) ?? -1;
    lag += Number(high) - (offset < 0 ? Number(low) : offset);
  }
  return lag;
}

/** The first to ask for commits makes a fresh broker create where it keeps them, and is told to come again. */
async function committedBy(
  admin: Admin,
  { topic, group }: Pick<Place, 'topic' | 'group'>,
): Promise<ReadonlyMap<number, number>> {
  for (let tries = 1; ; tries += 1) {
    try {
      const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      return new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    } catch (error) {
      if (tries === 50) throw error;
      await sleep(100);
    }
  }
}

/** Topics and groups of that prefix. */
export async function removePlace(admin: Admin, { prefix, group }: Place): Promise<void> {
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  await admin.deleteTopics({ topics });
  const { groups } = await admin.listGroups();
  const own = groups.map(({ groupId }) => groupId).filter((id) => id === group || id.startsWith(prefix));
  await admin.deleteGroups(own);
}

/** The headers that core gives the event, for programs that do without core. */
export function headersOf(id: string, paymentId: string): IHeaders {
  return {
    'event-id': id,
    'event-type': benchType,
    'content-type': 'application/json',
    'schema-version': '1',
    'event-key': paymentId,
  };
}

/** On a connection of its own. */
export async function asAdmin<T>(url: string, act: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafkaAt(url).admin();
  await admin.connect();
  try {
    return await act(admin);
  } finally {
    await admin.disconnect();
  }
}
