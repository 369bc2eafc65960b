import { BrokerUnavailableError, ClosedError, type EventsError, wait } from '@payments/events-core';
import type { Connection } from '../connection.ts';
import { atMost } from '../consuming/at-most.ts';
import { consumingError } from '../consuming/consuming-error.ts';
import { createMember, type Member } from '../consuming/member.ts';
import type { Fetched } from '../consuming/seat.ts';
import { closedMessage } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { claimingAssigner } from './claim.ts';
import type { Steering } from './partition-reader.ts';

/** What is read by one at a time, among all processes. */
export interface SweepLock {
  /** The consumer group that reads it: being its member with everything assigned is the lock. */
  readonly group: string;
  readonly topic: string;
  readonly busy: () => Error;
}

/** The lock, for as long as it is held. */
export interface Held {
  /** Aborts when somebody else may have it, or nothing can be read any more; the reason is for the caller of the sweep. */
  readonly over: AbortSignal;
  /** To be called before anything is done that two must not do: in a process that was paused `over` is late. @throws the reason */
  check(): void;
  /** To be called once, and soon: the client waits for it. */
  read(reading: Reading): void;
  /** The next may have it. Bounded in time; at abort in a hurry. */
  release(signal: AbortSignal): Promise<void>;
}

/** What is done with what is fetched. */
interface Reading {
  /** Never rejects. */
  take(fetched: Fetched): Promise<void>;
  /** At the beginning, and whenever the client has joined again and would begin anew. */
  joined(steering: Steering): void;
}

/** A sweep that was killed is in the way of the next for so long. */
const longestSessionMs = 10_000;
/** For a group to agree: those that were members may be waited for. */
const joinMs = 20_000;
const joinAgainMs = 300;
const watchEveryMs = 500;
const beginMs = 2_000;

/**
 * @throws what `busy` brings, when somebody has it; {BrokerUnavailableError} {ConfigurationError}; signal.reason at abort
 */
export async function takeLock(connection: Connection, lock: SweepLock, signal: AbortSignal): Promise<Held> {
  const { clock } = connection.runtime;
  if (await isTaken(connection, lock)) throw lock.busy();
  const until = clock.elapsed() + joinMs;
  for (;;) {
    const attempt = join(connection, lock);
    await atMost(attempt.decided, { clock, ms: until - clock.elapsed(), signal });
    if (attempt.joined && !attempt.over.aborted && !signal.aborted) return attempt;
    await attempt.release(signal);
    signal.throwIfAborted();
    const why: unknown = attempt.over.reason;
    // A broker that has just begun knows of no group for a moment.
    const passes = BrokerUnavailableError.isInstance(why) && clock.elapsed() + joinAgainMs < until;
    if (!passes) throw why;
    await wait(clock, joinAgainMs, signal);
  }
}

async function isTaken({ admin, settings }: Connection, lock: SweepLock): Promise<boolean> {
  try {
    const { groups } = await admin.ask(`describe group "${lock.group}"`, (asked) => asked.describeGroups([lock.group]));
    return groups.some(({ members }) => members.length > 0);
  } catch (error) {
    throw refusal(error, lock, settings);
  }
}

function refusal(error: unknown, { group, topic }: SweepLock, settings: Settings): EventsError {
  return consumingError(error, { settings, group, topics: { main: [], now: topic } });
}

interface Attempt extends Held {
  readonly joined: boolean;
  /** Resolves when it is known whether it has the lock. */
  readonly decided: Promise<void>;
}

function join(connection: Connection, lock: SweepLock): Attempt {
  const { group, topic, busy } = lock;
  const { runtime } = connection;
  const { clock } = runtime;
  const sessionTimeoutMs = Math.min(longestSessionMs, connection.settings.sessionTimeoutMs);
  const settings = { ...connection.settings, sessionTimeoutMs };
  const over = new AbortController();
  const decided = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const startedAt = clock.now();
  let joined = false;
  let reading: Reading | undefined;

  function end(why: unknown): void {
    over.abort(why);
    decided.resolve();
  }

  const member: Member = createMember({
    connection: {
      runtime,
      settings,
      client: connection.client,
      progressed: connection.progressed,
      get lastProgressAt() {
        return connection.lastProgressAt;
      },
    },
    // Nothing that runs is waited for when the group is to agree anew.
    spec: { group, handlerTimeoutMs: 0 },
    topics: [topic],
    assigner: claimingAssigner(() => ({ holds: joined && !over.signal.aborted && !member.lease.over, startedAt })),
    events: {
      joined(assignment) {
        // Another has it; or had it meanwhile, when this one was not heard of for too long.
        if ((assignment[topic]?.length ?? 0) === 0) return end(busy());
        joined = true;
        decided.resolve();
        reading?.joined(member);
      },
      async fetched(fetched) {
        await atMost(begun.promise, { clock, ms: beginMs, signal: over.signal });
        await reading?.take(fetched);
      },
      lettingGo: async ({ expelled }) => void (expelled && joined && end(silent())),
      expelled: () => end(silent()),
      confirmed() {},
    },
  });
  member.over.then(
    () => end(silent()),
    (error: unknown) => end(refusal(error, lock, settings)),
  );

  function silent(): BrokerUnavailableError {
    return new BrokerUnavailableError(`Kafka has not answered group "${group}" in time: others may have its letters.`);
  }

  function watch(): void {
    if (connection.closed) return end(new ClosedError(closedMessage));
    if (joined && member.lease.over) return end(silent());
    cancelWatch = clock.schedule(watchEveryMs, watch);
  }
  let cancelWatch = clock.schedule(watchEveryMs, watch);

  return {
    over: over.signal,
    decided: decided.promise,
    get joined() {
      return joined;
    },
    check() {
      if (member.lease.over) end(silent());
      over.signal.throwIfAborted();
    },
    read(given) {
      reading = given;
      given.joined(member);
      begun.resolve();
    },
    async release(signal) {
      cancelWatch();
      end(new BrokerUnavailableError(`Kafka has not let group "${group}" be joined in time.`));
      // A broker that does not answer is not waited for.
      await member.leave(member.lease.over ? AbortSignal.abort() : signal);
    },
  };
}
