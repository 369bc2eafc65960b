import { maxCopyBatchBytes } from '../limits.ts';
import type { TopicToCreate } from '../publishing/topics.ts';
import type { Settings } from '../settings.ts';

const dayMs = 86_400_000;
/** A consumer may be away for so long, and what waits for its next attempt is still there. */
const leastRetryMs = 7 * dayMs;

/** Kafka deletes by age alone: a limit of the server in bytes, or a server that compacts, would take what nobody has read. */
const kept = {
  'cleanup.policy': 'delete',
  'retention.bytes': '-1',
  // Else the clock of whoever publishes decides what is old.
  'message.timestamp.type': 'LogAppendTime',
};
const copies = { ...kept, 'max.message.bytes': String(maxCopyBatchBytes) };

type Shaping = Pick<Settings, 'partitions' | 'retentionMs'>;

/** Where events are published. */
export function mainTopic({ partitions, retentionMs }: Shaping, topic: string): TopicToCreate {
  return { topic, partitions, config: { ...kept, 'retention.ms': String(retentionMs) } };
}

/** Where a group's retries wait for so long; 0 for what is due at once. */
export function retryTopic({ partitions, retentionMs }: Shaping, topic: string, stepMs: number): TopicToCreate {
  const neededMs = retentionMs === -1 ? -1 : Math.max(retentionMs, leastRetryMs + 4 * stepMs);
  return { topic, partitions, config: { ...copies, 'retention.ms': String(neededMs) } };
}

/** Partition 0: letters. Partition 1: the offsets of those that were removed. Both are shortened by sweeps alone. */
export function deadTopic(topic: string): TopicToCreate {
  return { topic, partitions: 2, config: { ...copies, 'retention.ms': '-1' } };
}
