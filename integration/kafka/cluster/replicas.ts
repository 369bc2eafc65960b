import type { Admin } from 'kafkajs';
import { vi } from 'vitest';

/** How a partition is kept, by the cluster's own account. */
export interface Replicas {
  readonly partition: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

export async function replicasOf(admin: Admin, topic: string): Promise<readonly Replicas[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return (topics[0]?.partitions ?? []).map(({ partitionId, leader, replicas, isr }) => ({
    partition: partitionId,
    leader,
    replicas,
    inSync: isr,
  }));
}

/** Resolves once every partition of these topics has a leader and all its copies are up to date. */
export async function untilInSync(admin: Admin, topics: readonly string[]): Promise<void> {
  for (const topic of topics) {
    await vi.waitFor(
      async () => {
        const behind = (await replicasOf(admin, topic)).filter(
          ({ leader, replicas, inSync }) => leader < 0 || inSync.length < replicas.length,
        );
        if (behind.length > 0) throw new Error(`${topic} is not in sync: ${JSON.stringify(behind)}`);
      },
      { timeout: 60_000, interval: 250 },
    );
  }
}
