import type { KafkaMessage } from 'kafkajs';
import { createPartitionLog, type PartitionLog } from './partition-log.ts';

export function messageAt(offset: number): KafkaMessage {
  const head = { key: null, value: Buffer.from(String(offset)), attributes: 0 };
  return { ...head, timestamp: String(1_000 + offset), offset: String(offset), headers: {} };
}

export function messagesFrom(offset: number, count: number): KafkaMessage[] {
  return Array.from({ length: count }, (_, at) => messageAt(offset + at));
}

export interface Stored {
  readonly offset: number;
  readonly metadata: string | null;
}

export function logOf(committed: Stored, begin = 0, elapsed = () => 0): PartitionLog {
  return createPartitionLog({ topic: 't', partition: 0, committed, begin, elapsed });
}

/** Fetches so many more, as far as they go on without a gap. */
export function fetch(log: PartitionLog, count: number): boolean {
  const from = log.position;
  return log.take(messagesFrom(from, count), { from, last: from + count - 1 });
}

/** Commits, and returns what the broker has then. Undefined: there was nothing to say. */
export function commit(log: PartitionLog, say: 'run' | 'clean' | 'suspect'): Stored | undefined {
  const commitment = log.commitment(say);
  if (commitment !== undefined) log.committed(commitment);
  return commitment;
}
