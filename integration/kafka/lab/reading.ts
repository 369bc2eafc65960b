import type { BrokerAdapter, GroupSpec } from '@payments/events-core';

/**
 * Kafka keeps for a group what it has committed, and nothing of what it is to read: until its first commit only those know
 * who declared it. So the lab listens to what its clients are told.
 */
export interface Reading {
  /** The adapter, listened to. */
  of(adapter: BrokerAdapter, topicOf: (type: string) => string): BrokerAdapter;
  /** Whether a client was told that the group reads this topic. */
  reads(group: string, topic: string): boolean;
}

export function openReading(): Reading {
  const topics = new Map<string, Set<string>>();

  function note({ group, types }: GroupSpec, topicOf: (type: string) => string): void {
    const known = topics.get(group) ?? new Set();
    topics.set(group, known);
    for (const type of types) known.add(topicOf(type));
  }

  return {
    of: (adapter, topicOf) => ({
      ...adapter,
      declareGroup(spec) {
        note(spec, topicOf);
        return adapter.declareGroup(spec);
      },
      subscribe(spec, deliver) {
        note(spec, topicOf);
        return adapter.subscribe(spec, deliver);
      },
    }),
    reads: (group, topic) => topics.get(group)?.has(topic) === true,
  };
}

/** The names that the adapter gives to topics of events, without the prefix. */
export const topicNames = {
  entity: (type: string) => type.split('.').find((word) => word !== 'payment') ?? 'payment',
  type: (type: string) => type.replaceAll('.', '_'),
} as const;
