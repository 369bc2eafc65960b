import { aborted, wait, type Deliver, type Settlement, type SubscriptionSpec } from '@payments/events-core';
import type { Connection } from '../connection.ts';
import type { Settler } from '../settlement.ts';
import { topicsOf, type GroupTopics } from '../topology.ts';
import { atMost } from './at-most.ts';
import { createDeliveries } from './deliveries.ts';
import { createEpochCommits } from './epoch-commits.ts';
import { oldestOf, type Intake } from './intake.ts';
import { openIntakes } from './open-intakes.ts';
import { keyOf, type Fetched, type Seat, type TopicPartition } from './seat.ts';
import type { Handed, PartitionLog } from './partition-log.ts';
import { rightLost } from './right-lost.ts';
import { createRight } from './right.ts';
import type { SettledMemory } from './settled-memory.ts';
import { createTurns, idleMs, type Turns } from './turns.ts';

/** Settlements after which a commit is sent at once. */
const manySettled = 200;
/** Longest that a batch is held for what the group has committed. */
const patienceMs = 250;
/** Longest that the last commit may take: after it somebody else waits for the partitions. */
const lastCommitMs = 4_000;

/** One assignment of partitions, and the right to settle what is read from them, which ends with it. */
export interface Epoch {
  /** Aborts when the right to settle is gone. */
  readonly signal: AbortSignal;
  /** Handed over, and neither settled nor given back. */
  readonly open: number;
  /** Whether messages are handed over. */
  readonly running: boolean;
  /** Takes a batch. Never rejects. */
  take(fetched: Fetched): Promise<void>;
  /** Oldest message of each topic that was read and is not settled, milliseconds since the Unix epoch. */
  oldest(): ReadonlyMap<string, number>;
  /** A fetch has failed: what is read may be another log by now. */
  doubt(): void;
  /** The partitions that are read. */
  logs(): readonly PartitionLog[];
  /** Hands over nothing more, waits for what is out, commits. Resolves when the epoch has ended. Idempotent. */
  drain(how: Draining): Promise<void>;
  /** Ends it now: nothing is committed any more. Idempotent. */
  end(reason: Error): void;
}

export interface Draining {
  /** Wants back what is out. */
  readonly recall: boolean;
  /** How long it waits for what is out. Absent: as long as it takes. */
  readonly withinMs?: number;
}

export interface EpochOptions {
  readonly connection: Pick<Connection, 'runtime' | 'admin' | 'settings'>;
  readonly spec: SubscriptionSpec;
  readonly topics: GroupTopics;
  readonly places: readonly TopicPartition[];
  readonly seat: Seat;
  /** The client was reading these partitions before. */
  readonly again: boolean;
  readonly memory: SettledMemory;
  readonly settler: Settler;
  readonly deliver: Deliver;
  /** Deliveries that were begun and have not ended, over all epochs. */
  readonly count: (change: 1 | -1) => void;
  /** Core gives back what nobody has asked it for: it is leaving. */
  readonly givenBack: () => void;
}

export function createEpoch(options: EpochOptions): Epoch {
  const { connection, spec, seat, memory, settler, deliver, count, givenBack } = options;
  const { runtime } = connection;
  const { clock, logger } = runtime;
  const { group, ordering, maxInFlight } = spec;
  const right = createRight({ clock, lease: seat.lease, lapsed: end });
  const recalled = new AbortController();
  /** What is out is not waited for any longer. */
  const impatient = new AbortController();
  const loaded = Promise.withResolvers<void>();
  const intakes = new Map<string, Intake>();
  let phase: 'loading' | 'running' | 'draining' | 'closing' | 'over' = 'loading';
  let turns: Turns | undefined;
  let doubted = false;
  let draining: Promise<void> | undefined;
  let cancelIdle: (() => void) | undefined;
  let cancelDue: (() => void) | undefined;
  let cancelImpatience = () => {};

  const commits = createEpochCommits({
    runtime,
    seat,
    memory,
    intakes: () => (right.stands() && seat.canCommit ? intakes.values() : []),
    sayOf: (intake) => (phase === 'closing' ? 'clean' : turns?.sayOf(intake)),
    closing: () => phase === 'closing',
    confirmed: pump,
    moved: (cause) => end(movedError(cause)),
    failed: (error) => fail('what was settled cannot be committed', error),
  });
  const deliveries = createDeliveries({
    runtime,
    deliver,
    settler,
    facts: { group, topics: topicsOf(connection.settings, spec), now: clock.now },
    lost: right.signal,
    recalled: recalled.signal,
    mine: right.stands,
    count,
    finished,
    settled,
    released: () => void (phase === 'running' && givenBack()),
    failed: (error) => fail('deliver rejected, which it must not', error),
  });

  async function load(): Promise<void> {
    try {
      const opened = await openIntakes({ ...options, group, arrived: pump, over: right.signal });
      if (phase !== 'loading') return;
      for (const intake of opened) intakes.set(keyOf(intake.log), intake);
      if (doubted) doubt();
    } catch (error) {
      return fail('what the group has committed cannot be read', error);
    }
    turns = createTurns({ clock, ordering, maxInFlight, intakes: [...intakes.values()], open: () => deliveries.open });
    phase = 'running';
    loaded.resolve();
    lookForIdleLater();
  }

  function pump(): void {
    if (phase !== 'running' || turns === undefined) return;
    try {
      cancelDue?.();
      cancelDue = undefined;
      for (let next = turns.next(); next !== undefined && right.stands(); next = turns.next()) {
        deliveries.handOver(next);
        if (next.log.low) commits.now();
      }
      if (turns.wantsCommit) commits.now();
      if (turns.dueInMs < Infinity) cancelDue = clock.schedule(turns.dueInMs, pump);
    } catch (error) {
      fail('a message could not be handed over', error);
    }
  }

  function settled({ log }: Intake, handed: Handed, how: Settlement['kind']): void {
    memory.settled(log, handed);
    // A letter is not to be stored twice for a crash right after it.
    if (how === 'deadLetter' || log.unsaid >= manySettled) commits.now();
    else commits.soon();
  }

  function finished(intake: Intake): void {
    turns?.finished(intake);
    if (intake.log.open === 0) lookForIdleLater();
    pump();
  }

  /** A reservation that nobody needs is given up: a crash would be charged to what has not been out. */
  function lookForIdleLater(): void {
    if (cancelIdle !== undefined || phase !== 'running') return;
    if (![...intakes.values()].some(({ log }) => log.marked && log.open === 0)) return;
    cancelIdle = clock.schedule(idleMs, () => {
      cancelIdle = undefined;
      commits.now();
      lookForIdleLater();
    });
  }

  function fail(what: string, error: unknown): void {
    if (right.signal.aborted) return;
    const failure = new Error(`The consumer of group ${group} begins anew: ${what}.`, { cause: error });
    logger.error({ group, err: failure }, failure.message);
    end(failure);
    seat.fail(error);
  }

  async function drainNow(): Promise<void> {
    if (phase === 'running') commits.now();
    phase = phase === 'loading' ? 'closing' : 'draining';
    for (const intake of intakes.values()) intake.close();
    await Promise.race([deliveries.idle(), aborted(impatient.signal), aborted(right.signal)]);
    if (phase === 'draining') phase = 'closing';
    await atMost(commits.flush(), { clock, ms: lastCommitMs, signal: right.signal });
    end(movedError());
  }

  function end(reason: Error): void {
    if (phase === 'over') return;
    phase = 'over';
    commits.close();
    // First the right: only after that may anybody else get the messages.
    right.giveUp(reason);
    for (const cancel of [cancelIdle, cancelDue, cancelImpatience]) cancel?.();
    for (const intake of intakes.values()) intake.close();
    loaded.resolve();
  }

  function doubt(): void {
    doubted = true;
    for (const intake of intakes.values()) intake.doubt();
  }

  right.watch();
  void load();

  return {
    signal: right.signal,
    get open() {
      return right.signal.aborted ? 0 : deliveries.open;
    },
    get running() {
      return phase === 'running';
    },
    async take(fetched) {
      if (phase === 'loading') await atMost(loaded.promise, { clock, ms: patienceMs });
      const intake = intakes.get(keyOf(fetched.batch));
      if (intake === undefined) return wait(clock, patienceMs, right.signal);
      await intake.take(fetched);
    },
    oldest: () => oldestOf(intakes.values()),
    doubt,
    logs: () => Array.from(intakes.values(), ({ log }) => log),
    drain({ recall, withinMs }) {
      if (phase !== 'over') {
        if (withinMs !== undefined) {
          cancelImpatience();
          cancelImpatience = clock.schedule(withinMs, () => impatient.abort());
        }
        draining ??= drainNow();
        if (recall) recalled.abort();
      }
      return draining ?? Promise.resolve();
    },
    end,
  };
}

const movedError = (cause?: unknown) => rightLost('its partition has moved to another consumer', cause);
