import { randomBytes } from 'node:crypto';
import { Kafka, logLevel, type Admin, type KafkaConfig } from 'kafkajs';
import { onTestFinished } from 'vitest';
import { kafkaServer, type KafkaServer } from '../../brokers/kafka-server.ts';

/** Names of a test's own on a Kafka, and a client that is not ours to look at them. */
export interface Namespace {
  readonly server: KafkaServer;
  readonly url: string;
  /** Begins the name of every topic. */
  readonly prefix: string;
  /** The `messaging` section that leads here. */
  readonly messaging: { readonly broker_type: 'kafka'; readonly url: string; readonly topic_prefix: string };
  /** The name of a group that no other test has. */
  group(name: string): string;
  readonly admin: Admin;
  /** Names of the topics that there are, without the prefix. */
  topics(): Promise<readonly string[]>;
}

/** Call it in a test: its topics, groups and connections go when that is over. @param server the shared one, unless a test has its own */
export async function openNamespace(server?: KafkaServer): Promise<Namespace> {
  const broker = server ?? (await kafkaServer());
  const { url } = broker;
  const name = `test-${randomBytes(6).toString('hex')}`;
  const prefix = `${name}.`;
  const admin = plainKafka(url).admin();
  await admin.connect();
  const topics = async () => (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));

  onTestFinished(async () => {
    // One call: each takes the broker as long, however many topics it names.
    await admin.deleteTopics({ topics: await topics() });
    await admin.disconnect();
  });

  return {
    server: broker,
    url,
    prefix,
    messaging: { broker_type: 'kafka', url, topic_prefix: prefix },
    group: (group) => `${name}-${group}`,
    admin,
    topics: async () => (await topics()).map((topic) => topic.slice(prefix.length)).toSorted(),
  };
}

/** Somebody else's program. Says nothing of its own accord. */
export function plainKafka(url: string, options: Partial<KafkaConfig> = {}): Kafka {
  const brokers = url.replace(/^kafka:\/\/([^@/]*@)?/, '').split(',');
  return new Kafka({ brokers, logLevel: logLevel.NOTHING, ...options });
}
