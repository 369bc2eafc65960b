import {
  aborted,
  type AdapterSubscription,
  backoffMs,
  ClosedError,
  ConfigurationError,
  type Deliver,
  EventsError,
  type SubscriptionSpec,
  wait,
} from '@payments/events-core';
import { openChannel } from './connection/channel.ts';
import type { Connection } from './connection.ts';
import { createDeletedQueues } from './consuming/deleted-queues.ts';
import { createEpoch, type Epoch, type Held } from './consuming/epoch.ts';
import { replies, replyCode, replyText, unavailable } from './errors.ts';
import type { Intake } from './consuming/intake.ts';
import { createOrderedIntake } from './consuming/ordered-intake.ts';
import { createUnorderedIntake } from './consuming/unordered-intake.ts';
import type { Live } from './connection/link.ts';
import { createSettler, type Unapplied } from './settlement.ts';
import { declareGroup, queuesOf } from './topology.ts';

/** How often the group's topology is declared while it is consumed: events are parked while a binding is missing. */
const redeclareEveryMs = 30_000;
/** A channel that lasted this long was no failure of its beginning. */
const steadyMs = 5_000;
/** A permission that is refused for less than this may be one that is just being changed. */
const refusedForMs = 5_000;

export interface Subscription extends AdapterSubscription {
  /** Resolves when the broker knows the consumer: anything sent from now on will be delivered. */
  readonly ready: Promise<void>;
  /** Messages held. */
  readonly inFlight: number;
  /** Settlements that wait. */
  readonly unapplied: Unapplied;
  /** Whether the broker has been asked to deliver on a channel that lives. */
  readonly consuming: boolean;
}

export interface SubscriptionOptions {
  readonly connection: Connection;
  readonly spec: SubscriptionSpec;
  readonly deliver: Deliver;
}

/** One channel, and how messages come over it. */
interface Session {
  readonly epoch: Epoch;
  readonly intake: Intake;
}

/** One group's deliveries, over as many connections and channels as it takes. */
export function createSubscription({ connection, spec, deliver }: SubscriptionOptions): Subscription {
  const { runtime, settings, consuming } = connection;
  const { clock, random, logger } = runtime;
  const { group, maxInFlight, retryDelaysMs } = spec;
  const queues = queuesOf(settings.queuePrefix, group);
  const facts = { group, queues, retryDelaysMs, now: clock.now };
  const settler = createSettler({ connection, group, redeclare });
  const deletedQueues = createDeletedQueues({ connection, spec, settler });
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  /** Nothing begins any more. */
  const leaving = new AbortController();
  /** Nothing is waited for any more. */
  const abandoned = new AbortController();
  let session: Session | undefined;
  let begun = false;
  /** Deliveries on their way back. */
  const releases: Promise<void>[] = [];
  let open = 0;
  let drained = () => {};
  let declaring: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  let cancelRedeclare = clock.schedule(redeclareEveryMs, redeclareAgain);

  async function consume(): Promise<void> {
    let refusedSince: number | undefined;
    for (let failures = 0; !leaving.signal.aborted;) {
      const live = await consuming.next(leaving.signal);
      const since = clock.elapsed();
      try {
        await consumeOn(live);
        refusedSince = undefined;
      } catch (error) {
        const said = asEventsError(error);
        refusedSince = replyCode(said.cause) === replies.accessRefused ? (refusedSince ?? since) : undefined;
        if (isFatal(said, clock.elapsed() - (refusedSince ?? since))) throw said;
        if (!leaving.signal.aborted)
          logger.warn({ group, err: said }, `group ${group} cannot consume, and tries again`);
      }
      // The next connection has waited already.
      failures = live.over.aborted || clock.elapsed() - since >= steadyMs ? 0 : failures + 1;
      await wait(clock, backoffMs(failures, random), leaving.signal);
    }
  }

  /** Resolves when the channel is gone on which it was consumed. */
  async function consumeOn(live: Live): Promise<void> {
    // First the queues, then a channel: the other way round a missing one would close each channel anew.
    const restore = () => deletedQueues.restore(abandoned.signal);
    // What was held comes before what is published now; where no order is kept, that need not wait for it.
    const beforeBinding = spec.ordering === 'key' ? restore : undefined;
    await declareGroup(live, { clock, settings, beforeBinding }, spec);
    await restore();
    if (leaving.signal.aborted) return;
    const mine = await openSession(live);
    const over = aborted(mine.epoch.signal);
    if (leaving.signal.aborted) return mine.epoch.end(leftError());
    session = mine;
    try {
      await mine.intake.start();
      begun = true;
      ready.resolve();
      await over;
    } finally {
      // A stop sees to the end of the session it has found.
      if (!leaving.signal.aborted) await mine.epoch.end(new Error('The channel was not fit to consume on.'));
    }
  }

  async function openSession(live: Live): Promise<Session> {
    const opened = await openChannel(live, clock);
    const epoch = createEpoch({
      connection,
      live,
      opened,
      facts,
      settler,
      deliver,
      count,
      finished: (held) => intake.finished(held),
      release,
    });
    const cancelled = (queue: string) => deletedQueues.cancelled(epoch, queue);
    const parts = { connection, epoch, queues, settler, maxInFlight, cancelled };
    const intake: Intake = spec.ordering === 'key' ? createOrderedIntake(parts) : createUnorderedIntake(parts);
    return { epoch, intake };

    /** Core gives back only while it stops: what came now would be given back too, and again. */
    function release(held: Held): Promise<void> {
      leaving.abort(leftError());
      const released = intake.release(held);
      releases.push(released);
      return released;
    }
  }

  function isFatal(error: EventsError, refusedMs: number): boolean {
    if (!ConfigurationError.isInstance(error)) return !error.retryable && !begun;
    // Somebody may be about to put back what is missing, or to grant what was revoked.
    const code = replyCode(error.cause);
    return !begun || (code === replies.accessRefused ? refusedMs >= refusedForMs : code !== replies.notFound);
  }

  function asEventsError(error: unknown): EventsError {
    if (EventsError.isInstance(error)) return error;
    if (replyCode(error) === replies.accessRefused) {
      const text = `Group "${group}" cannot be consumed: the user lacks the permission to read its queues. Grant it. RabbitMQ says: ${replyText(error)}`;
      return new ConfigurationError(text, 'group', { cause: error });
    }
    return unavailable(`Group "${group}" cannot be consumed`, error);
  }

  function redeclare(): Promise<void> {
    declaring ??= declareNow().finally(() => (declaring = undefined));
    return declaring;
  }

  async function declareNow(): Promise<void> {
    const { live } = consuming;
    if (live === undefined) return;
    try {
      await declareGroup(live, { clock, settings }, spec);
    } catch (error) {
      logger.warn({ group, err: error }, `the topology of group ${group} could not be declared again`);
    }
  }

  function redeclareAgain(): void {
    cancelRedeclare = clock.schedule(redeclareEveryMs, redeclareAgain);
    if (begun) void redeclare();
  }

  function count(change: 1 | -1): void {
    open += change;
    if (open === 0) drained();
  }

  async function drain(): Promise<void> {
    await session?.intake.quiet();
    const { promise: empty, resolve } = Promise.withResolvers<void>();
    drained = resolve;
    if (open > 0) await empty;
    await deletedQueues.restore(abandoned.signal);
    if (session === undefined || session.epoch.signal.aborted) return;
    session.epoch.flush();
    await session.intake.leave();
    await deletedQueues.restore(abandoned.signal);
  }

  async function leave(): Promise<void> {
    leaving.abort(leftError());
    cancelRedeclare();
    const given = aborted(abandoned.signal);
    await Promise.race([drain(), given]);
    // In a hurry too: a copy that is on its way, of a message that the channel's end returns, would be a second one.
    const closed = Promise.allSettled(releases).then(() =>
      session?.epoch.end(new Error('The right to settle this delivery is lost: its consumer was stopped.')),
    );
    await Promise.race([Promise.all([closed, running]), given]);
    ready.reject(leftError());
    ended.resolve();
  }

  function leftError(): ClosedError {
    return new ClosedError(`The subscription of group ${group} was stopped.`);
  }

  const running = consume().catch((error: unknown) => {
    if (leaving.signal.aborted) return;
    leaving.abort(error);
    cancelRedeclare();
    ready.reject(error);
    ended.reject(error);
  });
  ready.promise.catch(() => {});
  ended.promise.catch(() => {});
  return {
    ready: ready.promise,
    ended: ended.promise,
    get inFlight() {
      return session?.epoch.signal.aborted === false ? session.epoch.held : 0;
    },
    unapplied: settler,
    get consuming() {
      return session?.intake.consuming === true;
    },
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
