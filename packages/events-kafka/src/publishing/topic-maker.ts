import { BrokerUnavailableError, type Clock, ConfigurationError, describeError, wait } from '@payments/events-core';
import type { ITopicConfig } from 'kafkajs';
import type { Administrator } from '../connection/administrator.ts';
import { isAnswer, isForbidden, protocolType, rootOf } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { describeTopic, serves, type DescribedTopic } from './topic-metadata.ts';
import type { TopicToCreate } from './topics.ts';

export interface TopicMakerOptions {
  readonly admin: Pick<Administrator, 'ask'>;
  readonly settings: Pick<Settings, 'replicationFactor' | 'topology'>;
  readonly clock: Clock;
}

/** For a cluster to know of a topic everywhere, and to have chosen who leads its partitions. */
const patienceMs = 30_000;
const firstPauseMs = 20;
const longestPauseMs = 500;
const usualReplicas = 3;

/**
 * Makes those of the topics that are missing, and says of all how they are. One that exists is left as it is.
 * @throws {ConfigurationError} for what is missing and may not be made; {BrokerUnavailableError}
 */
export function createTopicMaker({ admin, settings, clock }: TopicMakerOptions) {
  async function make(topics: readonly TopicToCreate[]): Promise<DescribedTopic[]> {
    const described = await Promise.all(topics.map(({ topic }) => describe(topic)));
    const missing = topics.filter((_, index) => described[index] === undefined);
    if (missing.length > 0) {
      if (settings.topology === 'check') throw unmade(missing);
      await create(missing);
    }
    const waitsUntil = clock.elapsed() + patienceMs;
    return Promise.all(described.map((found, index) => (found?.led ? found : led(topics[index]!.topic, waitsUntil))));
  }

  async function describe(topic: string): Promise<DescribedTopic | undefined> {
    try {
      return await describeTopic(admin, topic);
    } catch (error) {
      if (!isAnswer(error)) throw error;
      const said = `Kafka does not say whether there is a topic "${topic}": ${describeError(rootOf(error)).text}`;
      throw new ConfigurationError(said, 'topology', { cause: error });
    }
  }

  async function create(missing: readonly TopicToCreate[]): Promise<void> {
    try {
      await admin.ask('create topics', async (client) => {
        const { brokers } = await client.describeCluster();
        await client.createTopics({
          topics: shaped(missing, settings.replicationFactor ?? Math.min(usualReplicas, brokers.length)),
          // Its own waiting fails where a broker has not heard of the topic yet.
          waitForLeaders: false,
        });
      });
    } catch (error) {
      // Somebody else was quicker.
      if (protocolType(error) === 'TOPIC_ALREADY_EXISTS') return;
      throw isAnswer(error) ? refused(error, missing) : error;
    }
  }

  /** A topic that was made is not known everywhere at once, and its partitions have no leader yet. */
  async function led(topic: string, waitsUntil: number): Promise<DescribedTopic> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const found = await describe(topic);
      if (found?.led && (await serves(admin, topic))) return found;
      if (clock.elapsed() > waitsUntil) throw leaderless(topic, found);
      await wait(clock, pauseMs);
    }
  }

  return make;
}

function shaped(topics: readonly TopicToCreate[], replicas: number): ITopicConfig[] {
  const replication = { 'min.insync.replicas': String(Math.max(1, replicas - 1)) };
  return topics.map(({ topic, partitions, config }) => ({
    topic,
    numPartitions: partitions,
    replicationFactor: replicas,
    configEntries: Object.entries({ ...replication, ...config }).map(([name, value]) => ({ name, value })),
  }));
}

function namesOf(topics: readonly TopicToCreate[]): string {
  return topics.map(({ topic }) => `"${topic}"`).join(', ');
}

function unmade(missing: readonly TopicToCreate[]): ConfigurationError {
  const what = missing.length === 1 ? 'There is no topic' : 'There are no topics';
  const settings = missing.map(
    ({ topic, partitions, config }) => `${topic}: ${partitions} partitions, ${JSON.stringify(config)}`,
  );
  return new ConfigurationError(
    `${what} ${namesOf(missing)}, and topology: 'check' makes none. Create what is missing (${settings.join('; ')}), or set topology: 'declare'.`,
    'topology',
  );
}

function refused(error: unknown, topics: readonly TopicToCreate[]): ConfigurationError {
  const said = describeError(rootOf(error)).text;
  const may = isForbidden(error)
    ? " Allow the user to Create topics, or let somebody else create them and set topology: 'check'."
    : '';
  return new ConfigurationError(`Kafka does not create ${namesOf(topics)}: ${said}.${may}`, 'topology', {
    cause: error,
  });
}

function leaderless(topic: string, found: DescribedTopic | undefined): BrokerUnavailableError {
  const state = found === undefined ? 'does not show it yet' : 'has no leader for some of its partitions';
  return new BrokerUnavailableError(`Topic "${topic}" was created, and Kafka ${state}.`);
}
