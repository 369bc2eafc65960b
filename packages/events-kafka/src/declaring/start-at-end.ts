import { BrokerUnavailableError, ConfigurationError, NoAnswer, wait, within } from '@payments/events-core';
import type { Consumer } from 'kafkajs';
import type { Connection } from '../connection.ts';
import { keepingAssigner } from '../consuming/assigner.ts';
import { asEventsError, explained, protocolType } from '../errors.ts';

export interface NewGroup {
  readonly group: string;
  /** Those that hold events already. */
  readonly topics: readonly string[];
}

/** Of each partition, where what is sent from now on begins. */
type Ends = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** For the group to be agreed on by whoever declares it at the same time. */
const joinMs = 30_000;
const lookMs = 200;
const rebalanceMs = 15_000;

/**
 * Lets a group that does not exist yet begin where its topics end now. The ends are looked up at once, and committed by what
 * it returns: an event that is sent meanwhile lies behind them. Partitions that have a beginning keep it, so that of several
 * processes the first decides; it resolves when all have one.
 */
export async function createStartAtEnd(
  connection: Connection,
  { group, topics }: NewGroup,
): Promise<() => Promise<void>> {
  const ends = await endsOf(connection, topics);
  return async () => {
    const missing = ends.size === 0 ? [] : await withoutBeginning(connection, group, ends);
    const all = [...ends.values()].reduce((sum, partitions) => sum + partitions.size, 0);
    const begun = connection.settings.topology === 'check' ? missing.length < all : missing.length === 0;
    if (!begun) await commitAs(connection, group, ends);
  };
}

async function endsOf({ admin }: Connection, topics: readonly string[]): Promise<Ends> {
  const ends = new Map<string, ReadonlyMap<number, string>>();
  for (const topic of topics) {
    const found = await admin.ask(`tell where topic "${topic}" ends`, (asked) => asked.fetchTopicOffsets(topic));
    ends.set(topic, new Map(found.map(({ partition, high }) => [partition, high])));
  }
  return ends;
}

interface Beginning {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

async function withoutBeginning({ admin }: Connection, group: string, ends: Ends): Promise<readonly Beginning[]> {
  const committed = await admin.ask('tell how far the group is', (asked) =>
    asked.fetchOffsets({ groupId: group, topics: [...ends.keys()] }),
  );
  const begun = new Set(
    committed.flatMap(({ topic, partitions }) =>
      partitions.filter(({ offset }) => Number(offset) >= 0).map(({ partition }) => `${topic}/${partition}`),
    ),
  );
  return [...ends].flatMap(([topic, partitions]) =>
    [...partitions]
      .filter(([partition]) => !begun.has(`${topic}/${partition}`))
      .map(([partition, offset]) => ({ topic, partition, offset })),
  );
}

/** Only a member may commit. It reads nothing. */
async function commitAs(connection: Connection, group: string, ends: Ends): Promise<void> {
  const { runtime, settings } = connection;
  const { clock } = runtime;
  const client = connection.client(`declaring ${group}`);
  const consumer = client.kafka.consumer({
    groupId: group,
    partitionAssigners: [keepingAssigner()],
    sessionTimeout: settings.sessionTimeoutMs,
    rebalanceTimeout: rebalanceMs,
    heartbeatInterval: Math.min(3_000, Math.floor(settings.sessionTimeoutMs / 4)),
    maxWaitTimeInMs: 250,
    maxBytesPerPartition: 1,
    allowAutoTopicCreation: false,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: () => Promise.resolve(false) },
  });
  const over = new AbortController();
  const patience = { clock, ms: joinMs, who: 'Kafka', what: `let group "${group}" be joined` };
  try {
    await within(commitAll(connection, { consumer, group, ends, over: over.signal }), patience);
    const leaving = { ...patience, ms: settings.requestTimeoutMs, what: 'let the group be left' };
    // Otherwise it is left when its session has run out.
    await within(consumer.disconnect(), leaving).catch(() => {});
  } catch (error) {
    throw startError(explained(error, client), connection, group);
  } finally {
    over.abort();
    client.destroy(new Error('The group has its beginning.'));
  }
}

interface Committing {
  readonly consumer: Consumer;
  readonly group: string;
  readonly ends: Ends;
  readonly over: AbortSignal;
}

async function commitAll(connection: Connection, { consumer, group, ends, over }: Committing): Promise<void> {
  const { clock } = connection.runtime;
  const crashed = Promise.withResolvers<never>();
  crashed.promise.catch(() => {});
  let assigned: Readonly<Record<string, readonly number[]>> = {};
  consumer.on('consumer.group_join', ({ payload }) => {
    assigned = payload.memberAssignment;
  });
  consumer.on('consumer.crash', ({ payload }) => crashed.reject(payload.error));
  await consumer.connect();
  await consumer.subscribe({ topics: [...ends.keys()], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: () => Promise.resolve() });
  const commit = (beginnings: Beginning[]) =>
    consumer.commitOffsets(beginnings).then(
      () => true,
      () => false,
    );
  while (!over.aborted) {
    const missing = await Promise.race([withoutBeginning(connection, group, ends), crashed.promise]);
    if (missing.length === 0) return;
    const mine = missing.filter(({ topic, partition }) => assigned[topic]?.includes(partition));
    // Refused while others join or leave. What is not mine is somebody else's, who declares the group as well.
    const committing = mine.length === 0 ? Promise.resolve(false) : commit(mine);
    const committed = await Promise.race([committing, crashed.promise]);
    if (!committed) await Promise.race([wait(clock, lookMs, over), crashed.promise]);
  }
}

function startError(error: unknown, { settings }: Connection, group: string): Error {
  const what = `Group "${group}" could not begin at the end of its topics`;
  if (error instanceof NoAnswer) return new BrokerUnavailableError(`${what}: ${error.message}`, { cause: error });
  if (protocolType(error) !== 'INCONSISTENT_GROUP_PROTOCOL')
    return asEventsError(what, error, { settings, path: 'group' });
  return new ConfigurationError(
    `${what}: consumers of another library are members of it. Choose another group.`,
    'group',
    {
      cause: error,
    },
  );
}
