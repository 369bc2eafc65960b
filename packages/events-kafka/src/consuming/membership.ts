import { wait, type Deliver, type SubscriptionSpec } from '@payments/events-core';
import type { Assignment, PartitionAssigner } from 'kafkajs';
import type { Connection } from '../connection.ts';
import type { Settler } from '../settlement.ts';
import type { GroupTopics } from '../topology.ts';
import { begunAnew, readSoFar } from './begun-anew.ts';
import { createEpoch, type Draining, type Epoch } from './epoch.ts';
import { createMember, type Member, type MemberOptions } from './member.ts';
import { rightLost } from './right-lost.ts';
import type { TopicPartition } from './seat.ts';
import type { SettledMemory } from './settled-memory.ts';
import { consumerTimes } from './times.ts';

/** One membership of a group, over as many assignments as it is given. */
export interface Membership {
  /** Resolves with the first assignment; rejects with what came before it. */
  readonly ready: Promise<void>;
  /** Resolves when it has left, rejects with what ended it. */
  readonly over: Promise<void>;
  /** Whether it hands over what is fetched, or is about to. */
  readonly consuming: boolean;
  readonly lastFetchAgeMs: number | undefined;
  /** Of the present assignment. */
  readonly epoch: Epoch | undefined;
  /** How what is out is wanted back when work moves to others. */
  readonly usualDraining: Draining;
  /** Hands over nothing more and waits for what is out. Idempotent. */
  drain(how: Draining): Promise<void>;
  /** Leaves; what is still out is lost. Idempotent. */
  leave(signal: AbortSignal): Promise<void>;
}

export interface MembershipOptions {
  readonly connection: Pick<Connection, 'runtime' | 'settings' | 'client' | 'progressed' | 'lastProgressAt' | 'admin'>;
  readonly spec: SubscriptionSpec;
  /** What it reads. */
  readonly topics: GroupTopics;
  readonly assigner: PartitionAssigner;
  readonly memory: SettledMemory;
  readonly settler: Settler;
  readonly deliver: Deliver;
  readonly count: (change: 1 | -1) => void;
  readonly givenBack: () => void;
  /** What it has from now on. */
  readonly assigned: (assignment: Assignment) => void;
}

/** Where no order is kept, others need not wait long for what runs here: it is handled twice, which costs less. */
const unorderedFinishMs = 3_000;
/** For partitions to move; who has none for longer does not consume. */
const restMs = 5_000;
/** For a batch that nobody is there to take. */
const patienceMs = 250;
/** After a fetch that has failed: how long until a topic that was deleted may be there again. */
const looksAfterMs: readonly number[] = [250, 1_000, 2_000, 4_000];

/** `join` makes its member: a consumer of the client. */
export function createMembership(
  { connection, assigner, assigned: told, ...parts }: MembershipOptions,
  join: (options: MemberOptions) => Member = createMember,
): Membership {
  const { spec, topics } = parts;
  const { clock } = connection.runtime;
  const { finishMs } = consumerTimes(connection.settings, spec);
  const usualDraining: Draining = { recall: true, withinMs: spec.ordering === 'key' ? finishMs : unorderedFinishMs };
  const ready = Promise.withResolvers<void>();
  const { main, retry, now } = topics;
  let epoch: Epoch | undefined;
  let assigned: readonly TopicPartition[] = [];
  let ending = false;
  let looking = false;
  const over = new AbortController();
  /** Since when nothing is handed over, if nothing is. */
  let restingSince = clock.elapsed();
  const member = join({
    connection,
    spec,
    assigner,
    topics: [...main, ...retry.map(({ topic }) => topic), now],
    events: {
      joined(assignment) {
        assigned = placesOf(assignment);
        told(assignment);
        begin({ again: false });
        ready.resolve();
      },
      fetched: (fetched) => epoch?.take(fetched) ?? wait(clock, patienceMs),
      async lettingGo({ expelled }) {
        if (expelled) epoch?.end(given(undefined));
        else await epoch?.drain(usualDraining);
      },
      expelled: (error) => epoch?.end(given(error)),
      confirmed() {
        // The right was given up for want of news, and they are good: nobody else has had the partitions.
        if (epoch?.signal.aborted === true) begin({ again: true });
      },
      fetchFailed() {
        epoch?.doubt();
        void lookForNewLogs();
      },
    },
  });

  /** A topic that is gone may be back when nobody looks, with the offsets of the old one. */
  async function lookForNewLogs(): Promise<void> {
    if (looking) return;
    looking = true;
    const isOver = () => ending || over.signal.aborted;
    for (const afterMs of looksAfterMs) {
      await wait(clock, afterMs, over.signal);
      if (isOver()) break;
      const read = readSoFar(epoch?.logs() ?? []);
      const anew = await begunAnew(connection.admin, read).catch(() => undefined);
      if (isOver()) break;
      if (anew === undefined || anew.size === 0) continue;
      member.fail(new Error(`${[...anew.keys()].join(', ')} was deleted and made again: the group reads it anew.`));
      break;
    }
    looking = false;
  }

  function begin({ again }: { readonly again: boolean }): void {
    epoch?.end(given(undefined));
    restingSince = clock.elapsed();
    if (ending) return;
    epoch = createEpoch({ ...parts, connection, seat: member, places: assigned, again });
    epoch.signal.addEventListener('abort', () => (restingSince = clock.elapsed()), { once: true });
  }

  member.over.finally(() => over.abort()).catch(() => {});
  member.over.then(
    () => ready.reject(new Error('The consumer has left its group.')),
    (error: unknown) => {
      epoch?.end(rightLost('its consumer has failed', error));
      ready.reject(error);
    },
  );
  ready.promise.catch(() => {});

  return {
    ready: ready.promise,
    over: member.over,
    get consuming() {
      const resting = epoch?.running !== true && clock.elapsed() - restingSince > restMs;
      return member.consuming && !resting;
    },
    get lastFetchAgeMs() {
      return member.lastFetchAgeMs;
    },
    get epoch() {
      return epoch;
    },
    usualDraining,
    async drain(how) {
      ending = true;
      await epoch?.drain(how);
    },
    async leave(signal) {
      ending = true;
      epoch?.end(rightLost('its consumer was stopped'));
      await member.leave(signal);
    },
  };
}

function placesOf(assignment: Assignment): readonly TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

const given = (cause: unknown) => rightLost('its partition was given to another consumer', cause);
