import { BrokerUnavailableError, type AdapterRuntime } from '@payments/events-core';
import type { Administrator } from '../connection/administrator.ts';
import type { Settings } from '../settings.ts';
import { createTopicMaker } from './topic-maker.ts';
import { describeTopic } from './topic-metadata.ts';

/** A topic as it is to be made where there is none. One that exists is never changed. */
export interface TopicToCreate {
  readonly topic: string;
  readonly partitions: number;
  /** The topic's own settings: `retention.ms`, `cleanup.policy`, … Replication and `min.insync.replicas` are added. */
  readonly config: Readonly<Record<string, string>>;
}

/** What topics there are, and in how many partitions. */
export interface Topics {
  /**
   * Resolves when all of them exist and each partition has a leader. Safe from many processes at once. With topology `check`
   * nothing is created.
   * @throws {ConfigurationError} for one that is missing and may not be created; {BrokerUnavailableError}
   */
  ensure(topics: readonly TopicToCreate[]): Promise<void>;
  /** From memory where it is known. @throws {TopicMissing} {BrokerUnavailableError} {ConfigurationError} */
  partitionsOf(topic: string): Promise<number>;
  /** From memory, at once; what is old is asked for again meanwhile. */
  knownPartitionsOf(topic: string): number | undefined;
  /** Names of all topics the user may see, asked anew. */
  list(): Promise<readonly string[]>;
  /** The broker has said that there is no such topic, or another. */
  forget(topic: string): void;
}

/** There is no such topic. */
export class TopicMissing extends Error {
  override readonly name = 'TopicMissing';

  constructor(topic: string, options?: ErrorOptions) {
    super(`Kafka has no topic "${topic}".`, options);
  }
}

export interface TopicsOptions {
  readonly admin: Pick<Administrator, 'ask'>;
  readonly settings: Pick<Settings, 'replicationFactor' | 'topology'>;
  readonly runtime: Pick<AdapterRuntime, 'clock'>;
}

/** Partitions are added to a topic at times, and never taken away. */
const freshMs = 60_000;

interface Known {
  partitions: number;
  at: number;
}

export function createTopics({ admin, settings, runtime }: TopicsOptions): Topics {
  const { clock } = runtime;
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<number>>();
  const make = createTopicMaker({ admin, settings, clock });

  function ask(topic: string): Promise<number> {
    let answer = asking.get(topic);
    if (answer === undefined) {
      answer = count(topic).finally(() => asking.delete(topic));
      asking.set(topic, answer);
    }
    return answer;
  }

  async function count(topic: string): Promise<number> {
    const described = await describeTopic(admin, topic);
    if (described === undefined) {
      known.delete(topic);
      throw new TopicMissing(topic);
    }
    const { partitions } = described;
    if (partitions === 0) throw new BrokerUnavailableError(`Topic "${topic}" has partitions without a leader.`);
    known.set(topic, { partitions, at: clock.elapsed() });
    return partitions;
  }

  function knownPartitionsOf(topic: string): number | undefined {
    const found = known.get(topic);
    if (found === undefined) return undefined;
    const now = clock.elapsed();
    if (now - found.at > freshMs) {
      found.at = now;
      // What is missing is forgotten. What cannot be asked now is asked again when it is older.
      ask(topic).catch(() => {});
    }
    return found.partitions;
  }

  return {
    async ensure(topics) {
      for (const { topic, partitions } of await make(topics)) known.set(topic, { partitions, at: clock.elapsed() });
    },
    partitionsOf: async (topic) => knownPartitionsOf(topic) ?? (await ask(topic)),
    knownPartitionsOf,
    list: () => admin.ask('list the topics', (client) => client.listTopics()),
    forget(topic) {
      known.delete(topic);
    },
  };
}
