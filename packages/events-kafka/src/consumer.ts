import {
  aborted,
  backoffMs,
  ClosedError,
  ConfigurationError,
  EventsError,
  wait,
  type AdapterSubscription,
  type Deliver,
  type SubscriptionSpec,
} from '@payments/events-core';
import type { Assignment } from 'kafkajs';
import type { Connection } from './connection.ts';
import { keepingAssigner } from './consuming/assigner.ts';
import { consumingError } from './consuming/consuming-error.ts';
import { createMembership, type Membership, type MembershipOptions } from './consuming/membership.ts';
import { createSettledMemory } from './consuming/settled-memory.ts';
import { watchTopics } from './consuming/topic-watch.ts';
import { declareGroup } from './declaring/declare-group.ts';
import { isForbidden } from './errors.ts';
import { createSettler, type Unapplied } from './settlement.ts';
import { needsWatch, topicsOf, topicsToRead, type GroupTopics } from './topology.ts';

/** How often the group's topics are looked for where no others can come. */
const lookEveryMs = 30_000;
/** A membership that lasted this long was no failure of its beginning. */
const steadyMs = 5_000;
/** A permission that is refused for less than this may be one that is just being changed. */
const refusedForMs = 5_000;
/** Between two memberships, at least: what made the last one end may be about to pass. */
const leastPauseMs = 200;

export interface Subscription extends AdapterSubscription {
  /** Resolves with the first assignment: anything sent from now on will be delivered. */
  readonly ready: Promise<void>;
  /** Deliveries that are out and can be settled. */
  readonly inFlight: number;
  /** Settlements that wait. */
  readonly unapplied: Unapplied;
  /** Whether it is a member of the group, and asks for what is new. */
  readonly consuming: boolean;
  /** Oldest message of each topic that was read and is not settled, milliseconds since the Unix epoch. */
  readonly oldestUnsettledAt: () => ReadonlyMap<string, number>;
}

export interface SubscriptionOptions {
  readonly connection: Connection;
  readonly spec: SubscriptionSpec;
  readonly deliver: Deliver;
}

const nothingRead: ReadonlyMap<string, number> = new Map();

/** One group's deliveries, over as many memberships and assignments as it takes. `join` makes each membership. */
export function createSubscription(
  { connection, spec, deliver }: SubscriptionOptions,
  join: (options: MembershipOptions) => Membership = createMembership,
): Subscription {
  const { runtime, settings } = connection;
  const { clock, random, logger } = runtime;
  const { group } = spec;
  const settler = createSettler({ connection, group, redeclare });
  const memory = createSettledMemory();
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  /** Nothing begins any more. */
  const leaving = new AbortController();
  /** Nothing is waited for any more. */
  const abandoned = new AbortController();
  let membership: Membership | undefined;
  let owned: Assignment = {};
  let begun = false;
  let open = 0;
  let drained = () => {};
  let declaring: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;

  async function consume(): Promise<void> {
    let refusedSince: number | undefined;
    for (let failures = 0; !leaving.signal.aborted;) {
      const since = clock.elapsed();
      try {
        await consumeOnce();
        refusedSince = undefined;
        failures = 0;
      } catch (error) {
        const said = consumingError(error, { settings, group, topics: topicsOf(settings, spec) });
        const now = clock.elapsed();
        if (!isForbidden(error)) refusedSince = undefined;
        else if (refusedSince === undefined || now - since >= steadyMs) refusedSince = now;
        if (isFatal(said, now - (refusedSince ?? now))) throw said;
        if (!leaving.signal.aborted)
          logger.warn({ group, err: said }, `group ${group} cannot be consumed, and is tried again`);
        failures = clock.elapsed() - since >= steadyMs ? 0 : failures + 1;
        await wait(clock, leastPauseMs + backoffMs(failures, random), leaving.signal);
      }
    }
  }

  /** Resolves when there is something else to read. */
  async function consumeOnce(): Promise<void> {
    await declareGroup(connection, spec);
    const topics = topicsToRead(settings, spec, await connection.topics.list());
    if (leaving.signal.aborted) return;
    const assigner = keepingAssigner(() => owned);
    const own = { memory, settler, deliver, count, givenBack, assigned };
    const mine = join({ connection, spec, topics, assigner, ...own });
    membership = mine;
    const stopWatching = watch(topics, mine, () => void begin(mine));
    try {
      mine.ready.then(ready.resolve, () => {});
      await mine.over;
    } finally {
      stopWatching();
    }
  }

  function assigned(places: Assignment): void {
    owned = places;
    begun = true;
  }

  /** Other topics are read by another membership: the client knows only those that it has begun with. */
  async function begin(mine: Membership): Promise<void> {
    await mine.drain(mine.usualDraining);
    if (!leaving.signal.aborted) await mine.leave(abandoned.signal);
  }

  /** Calls `changed` once when there are other topics to read than these, or one of these is missing. */
  function watch(known: GroupTopics, mine: Membership, changed: () => void): () => void {
    const { topicRefreshMs } = settings;
    const names = namesIn(known);
    return watchTopics({
      clock,
      everyMs: needsWatch(settings, spec.patterns) ? topicRefreshMs : Math.max(lookEveryMs, topicRefreshMs),
      lastFetchAgeMs: () => mine.lastFetchAgeMs,
      list: () => connection.topics.list(),
      isOther(existing) {
        const found = new Set(existing);
        return (
          [...names, known.dead].some((topic) => !found.has(topic)) ||
          namesIn(topicsToRead(settings, spec, existing)).some((topic) => !names.includes(topic))
        );
      },
      changed() {
        if (!leaving.signal.aborted) changed();
      },
    });
  }

  function isFatal(error: EventsError, refusedMs: number): boolean {
    if (!ConfigurationError.isInstance(error)) return !error.retryable && !begun;
    // Somebody may be about to grant what was revoked.
    return !begun || !isForbidden(error) || refusedMs >= refusedForMs;
  }

  function redeclare(): Promise<void> {
    declaring ??= declareGroup(connection, spec)
      .catch((error: unknown) =>
        logger.warn({ group, err: error }, `the topics of group ${group} could not be declared again`),
      )
      .finally(() => (declaring = undefined));
    return declaring;
  }

  function count(change: 1 | -1): void {
    open += change;
    if (open === 0) drained();
  }

  /** Core does that only while it stops: what came now would be given back too, and again. */
  function givenBack(): void {
    leaving.abort(leftError());
    void membership?.drain({ recall: false });
  }

  async function drain(): Promise<void> {
    await membership?.drain({ recall: false });
    const { promise: empty, resolve } = Promise.withResolvers<void>();
    drained = resolve;
    if (open > 0) await empty;
  }

  async function leave(): Promise<void> {
    leaving.abort(leftError());
    await Promise.race([drain(), aborted(abandoned.signal)]);
    await membership?.leave(abandoned.signal);
    await Promise.race([running, aborted(abandoned.signal)]);
    ready.reject(leftError());
    ended.resolve();
  }

  function leftError(): ClosedError {
    return new ClosedError(`The subscription of group ${group} was stopped.`);
  }

  const running = consume().catch((error: unknown) => {
    if (leaving.signal.aborted) return;
    leaving.abort(error);
    ready.reject(error);
    ended.reject(error);
  });
  ready.promise.catch(() => {});
  ended.promise.catch(() => {});
  return {
    ready: ready.promise,
    ended: ended.promise,
    get inFlight() {
      return membership?.epoch?.open ?? 0;
    },
    unapplied: settler,
    get consuming() {
      return membership?.consuming === true;
    },
    oldestUnsettledAt: () => membership?.epoch?.oldest() ?? nothingRead,
    async stop({ signal }) {
      const abandon = () => abandoned.abort();
      if (signal.aborted) abandon();
      else signal.addEventListener('abort', abandon, { once: true });
      stopping ??= leave();
      await stopping;
      signal.removeEventListener('abort', abandon);
    },
  };
}

function namesIn({ main, retry, now }: GroupTopics): readonly string[] {
  return [...main, ...retry.map(({ topic }) => topic), now];
}
