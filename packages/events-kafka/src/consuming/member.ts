import type { SubscriptionSpec } from '@payments/events-core';
import type { Assignment, Consumer, EachBatchPayload, PartitionAssigner } from 'kafkajs';
import type { Join } from '../connection/client.ts';
import type { Connection } from '../connection.ts';
import { explained } from '../errors.ts';
import { atMost } from './at-most.ts';
import { watchFetches } from './fetch-failures.ts';
import { createLease } from './lease.ts';
import { createPulse } from './pulse.ts';
import type { Fetched, Seat } from './seat.ts';
import { consumerTimes } from './times.ts';

/** What happens to a member. None of it may throw. */
interface MemberEvents {
  /** It was assigned partitions, in place of those it had. */
  joined(assignment: Assignment): void;
  /** Something was fetched. The client waits for it. */
  fetched(fetched: Fetched): Promise<void>;
  /** It is about to join again, or to leave, which is held back until this resolves: others may get its partitions after that. */
  lettingGo(how: { readonly expelled: boolean }): Promise<void>;
  /** The coordinator knows it no longer. */
  expelled(error: unknown): void;
  /** The coordinator has confirmed the assignment. */
  confirmed(): void;
  /** A broker has refused what it was asked for, or has not answered. */
  fetchFailed?(): void;
}

/** One consumer of the client in a group, from its first join to its end. */
export interface Member extends Seat {
  /** Resolves when it has left, rejects with what ended it. */
  readonly over: Promise<void>;
  /** Whether it has an assignment, and asks the broker for what is new. */
  readonly consuming: boolean;
  readonly lastFetchAgeMs: number | undefined;
  /** Leaves the group; at abort in a hurry, and after too long a silence without a word. Idempotent. */
  leave(signal: AbortSignal): Promise<void>;
}

export interface MemberOptions {
  readonly connection: Pick<Connection, 'runtime' | 'settings' | 'client' | 'progressed' | 'lastProgressAt'>;
  readonly spec: Pick<SubscriptionSpec, 'group' | 'handlerTimeoutMs'>;
  readonly topics: readonly string[];
  readonly assigner: PartitionAssigner;
  readonly events: MemberEvents;
}

/** For the group to agree, and for a word of leaving to arrive. */
const leaveMs = 5_000;
const leaveJoiningMs = 15_000;
const hurriedMs = 500;

export function createMember({ connection, spec, topics, assigner, events }: MemberOptions): Member {
  const { runtime, settings, progressed } = connection;
  const { clock } = runtime;
  const times = consumerTimes(settings, spec);
  const over = Promise.withResolvers<void>();
  const settled = Promise.withResolvers<void>();
  const lease = createLease({ clock, ...times });
  const client = connection.client(`consuming ${spec.group}`, { beforeJoin, retries: 60, forgivesLeaderless: true });
  const consumer: Consumer = client.kafka.consumer({
    groupId: spec.group,
    partitionAssigners: [assigner],
    sessionTimeout: times.sessionMs,
    rebalanceTimeout: times.rebalanceMs,
    heartbeatInterval: times.heartbeatMs,
    // When a broker is gone, others lead its partitions within moments; the client does not look for them by itself.
    metadataMaxAge: 1_000,
    maxBytesPerPartition: 256 * 1024,
    maxWaitTimeInMs: 250,
    // About a minute in place: a member that comes back with its own id need not be waited for.
    retry: { retries: 60, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
    allowAutoTopicCreation: false,
  });
  const pulse = createPulse({
    clock,
    consumer,
    times,
    lease,
    lastProgressAt: () => connection.lastProgressAt,
    cut: client.cut,
    fail,
    quit,
  });
  /** Of the first batch: they belong to the consumer, not to the batch. */
  let handle: Pick<EachBatchPayload, 'heartbeat' | 'commitOffsetsIfNecessary'> | undefined;
  let joined = false;
  let leaving: Promise<void> | undefined;
  let ended = false;
  const hurried = new AbortController();
  const stopListening = [
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => guard(() => onJoin(payload.memberAssignment))),
    consumer.on(consumer.events.CRASH, ({ payload }) => fail(payload.error)),
    consumer.on(consumer.events.FETCH, progressed),
    watchFetches(consumer, () => guard(() => events.fetchFailed?.())),
    consumer.on(consumer.events.HEARTBEAT, () =>
      guard(() => leaving === undefined && pulse.steady && events.confirmed()),
    ),
  ];

  async function start(): Promise<void> {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 16,
      eachBatch,
    });
  }

  /** Whatever it threw would end the client's consumer, or have it fetch the same for ever. */
  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    if (handle === undefined) {
      const { heartbeat, commitOffsetsIfNecessary } = payload;
      handle = { heartbeat, commitOffsetsIfNecessary };
      pulse.beat(heartbeat, events.expelled);
    }
    try {
      await events.fetched(payload);
    } catch (error) {
      fail(error);
    }
  }

  function onJoin(assignment: Assignment): void {
    joined = true;
    settled.resolve();
    pulse.joined();
    progressed();
    // On its way out: nothing begins.
    if (leaving === undefined) events.joined(assignment);
  }

  async function beforeJoin({ memberId, leaving: goes }: Join, closed: Promise<void>): Promise<void> {
    if (ended) return;
    if (!goes) pulse.joining();
    try {
      await events.lettingGo({ expelled: memberId === '' });
    } catch (error) {
      fail(error);
    }
    if (!goes) pulse.letGo(closed);
  }

  function guard(run: () => unknown): void {
    if (ended) return;
    try {
      run();
    } catch (error) {
      fail(error);
    }
  }

  /** Without a word to the group, which waits for it for a session. */
  function fail(thrown: unknown): void {
    const error = explained(thrown, client);
    end(error, () => over.reject(error));
  }

  /** With a word. */
  function quit(error: unknown): void {
    leaving ??= leaveNow(() => over.reject(error));
  }

  function end(why: unknown, tell: () => void): void {
    if (ended) return;
    ended = true;
    pulse.close();
    for (const stop of stopListening) stop();
    settled.resolve();
    client.destroy(why instanceof Error ? why : new Error('A consumer was given up.', { cause: why }));
    // Its loop ends at the next turn; before the first join there is none, and stopping would bring it to life.
    if (joined) consumer.stop().catch(() => {});
    tell();
  }

  async function leaveNow(tell: () => void): Promise<void> {
    // One that is stopped while it waits for its first assignment comes to life afterwards.
    await atMost(settled.promise, { clock, ms: leaveMs, signal: hurried.signal });
    if (joined && !ended) {
      const stopped = Promise.race([consumer.stop(), over.promise]);
      await atMost(stopped, { clock, ms: pulse.steady ? leaveMs : leaveJoiningMs, signal: hurried.signal });
    }
    end(new Error('The consumer has left its group.'), tell);
  }

  /** What is left to do is done in a moment, or not at all. */
  function hurry(signal: AbortSignal): () => void {
    let cancel = () => {};
    const begin = () => (cancel = clock.schedule(hurriedMs, () => hurried.abort()));
    if (signal.aborted) begin();
    else signal.addEventListener('abort', begin, { once: true });
    return () => {
      signal.removeEventListener('abort', begin);
      cancel();
    };
  }

  start().catch(fail);
  over.promise.catch(() => {});

  return {
    over: over.promise,
    lease,
    get consuming() {
      return joined && !ended && pulse.fetching;
    },
    get lastFetchAgeMs() {
      return pulse.lastFetchAgeMs;
    },
    async leave(signal) {
      const forget = hurry(signal);
      leaving ??= leaveNow(over.resolve);
      await leaving;
      forget();
    },
    get canCommit() {
      return handle !== undefined && !ended;
    },
    async commit(commitments) {
      if (handle === undefined || ended) throw new Error('There is nothing to commit yet.');
      await handle.commitOffsetsIfNecessary({ topics: byTopic(commitments) });
    },
    pause: ({ topic, partition }) => guard(() => consumer.pause([{ topic, partitions: [partition] }])),
    resume: ({ topic, partition }) => guard(() => consumer.resume([{ topic, partitions: [partition] }])),
    seek: ({ topic, partition }, offset) => guard(() => consumer.seek({ topic, partition, offset: String(offset) })),
    fail: quit,
  };
}

type Commitments = Parameters<Seat['commit']>[0];

function byTopic(commitments: Commitments): { topic: string; partitions: PartitionOffset[] }[] {
  const topics = new Map<string, PartitionOffset[]>();
  for (const { topic, partition, commitment } of commitments) {
    const partitions = topics.get(topic) ?? [];
    partitions.push({ partition, offset: String(commitment.offset), metadata: commitment.metadata });
    topics.set(topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

interface PartitionOffset {
  readonly partition: number;
  readonly offset: string;
  /** The client's types leave it out. */
  readonly metadata: string;
}
