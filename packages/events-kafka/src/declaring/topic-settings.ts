import { ConfigurationError, EventsError } from '@payments/events-core';
import type { ConfigResourceTypes } from 'kafkajs';
import type { Connection } from '../connection.ts';
import { isAnswer } from '../errors.ts';

/** The client's module does not show its own names for them. */
const ofTopics: ConfigResourceTypes.TOPIC = 2;

/**
 * Looks at how existing topics are set up, and warns of those that keep events for less long than the options say.
 * @throws {ConfigurationError} for one that is compacted: it loses all but the last event of each key.
 */
export async function checkTopicSettings(
  connection: Pick<Connection, 'admin' | 'retention'>,
  topics: readonly string[],
): Promise<void> {
  const found = await readTopicSettings(connection, topics);
  for (const [topic, { policy }] of found) {
    if (!policy.includes('compact')) continue;
    throw new ConfigurationError(
      `Topic "${topic}" is compacted (cleanup.policy is "${policy}"): of several events with the same key Kafka would keep the ` +
        'last one. Set its cleanup.policy to "delete".',
      'topology',
    );
  }
  connection.retention.warnOf(found);
}

export interface TopicSettings {
  readonly policy: string;
  /** -1 is for ever. */
  readonly retentionMs: number;
}

/** Empty where the user may not see it. @throws {BrokerUnavailableError} */
export async function readTopicSettings(
  { admin }: Pick<Connection, 'admin'>,
  topics: readonly string[],
): Promise<ReadonlyMap<string, TopicSettings>> {
  const found = new Map<string, TopicSettings>();
  if (topics.length === 0) return found;
  const resources = topics.map((name) => ({
    type: ofTopics,
    name,
    configNames: ['cleanup.policy', 'retention.ms'],
  }));
  try {
    const described = await admin.ask('describe the topics', (asked) =>
      asked.describeConfigs({ resources, includeSynonyms: false }),
    );
    for (const { resourceName, configEntries } of described.resources) {
      const valueOf = (name: string) => configEntries.find(({ configName }) => configName === name)?.configValue;
      const retentionMs = Number(valueOf('retention.ms') ?? Number.NaN);
      found.set(resourceName, {
        policy: valueOf('cleanup.policy') ?? '',
        retentionMs: Number.isFinite(retentionMs) ? retentionMs : -1,
      });
    }
  } catch (error) {
    // A permission of its own, which nothing else needs.
    if (EventsError.isInstance(error) || !isAnswer(error)) throw error;
  }
  return found;
}
