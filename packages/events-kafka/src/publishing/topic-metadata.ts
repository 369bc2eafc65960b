import type { Admin } from 'kafkajs';
import type { Administrator } from '../connection/administrator.ts';
import { isAnswer, protocolType } from '../errors.ts';

/** What the broker says of a topic. */
export interface DescribedTopic {
  readonly topic: string;
  /** 0 where it is not said, because some of them have no leader. */
  readonly partitions: number;
  /** Whether each partition has a leader. */
  readonly led: boolean;
}

/**
 * Undefined where there is none.
 * @throws {BrokerUnavailableError} {ConfigurationError}, and the broker's own word where the user may not know.
 */
export async function describeTopic(
  admin: Pick<Administrator, 'ask'>,
  topic: string,
): Promise<DescribedTopic | undefined> {
  try {
    return await admin.ask(`describe topic "${topic}"`, (client) => ask(client, topic));
  } catch (error) {
    if (protocolType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined;
    throw error;
  }
}

async function ask(client: Admin, topic: string): Promise<DescribedTopic | undefined> {
  try {
    const { topics } = await client.fetchTopicMetadata({ topics: [topic] });
    const found = topics.find(({ name }) => name === topic);
    if (found === undefined || found.partitions.length === 0) return undefined;
    return { topic, partitions: found.partitions.length, led: found.partitions.every(({ leader }) => leader >= 0) };
  } catch (error) {
    if (protocolType(error) === 'LEADER_NOT_AVAILABLE') return { topic, partitions: 0, led: false };
    // All that is left of what its brokers have answered, where the client had seen the topic before.
    if (error instanceof TypeError && !(await client.listTopics()).includes(topic)) return undefined;
    throw error;
  }
}

/**
 * Whether those that lead the partitions know of it: when a topic is made it is shown with leaders a moment earlier, and
 * whatever is sent in that moment fails.
 */
export function serves(admin: Pick<Administrator, 'ask'>, topic: string): Promise<boolean> {
  return admin.ask(`say where topic "${topic}" ends`, async (client) => {
    try {
      await client.fetchTopicOffsets(topic);
      return true;
    } catch (error) {
      const type = protocolType(error);
      if (type === undefined || (isAnswer(error) && type !== 'UNKNOWN_TOPIC_OR_PARTITION')) throw error;
      return false;
    }
  });
}
