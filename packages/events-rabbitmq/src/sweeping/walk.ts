import { randomUUID } from 'node:crypto';
import { createApplying, EventsError, type SweepResult, wait, within } from '@payments/events-core';
import type { Channel, ConsumeMessage } from 'amqplib';
import { openChannel, type OpenChannel } from '../connection/channel.ts';
import type { OwnConnection } from '../connection.ts';
import { privateHeaders } from '../messages/copy-note.ts';
import { replies, replyCode, unavailable } from '../errors.ts';
import type { Live } from '../connection/link.ts';

/**
 * What becomes of a message that was visited. A function is begun at once, while the next message is visited; where it
 * resolves to true the message is removed.
 */
export type Step = 'keep' | 'remove' | 'stop' | ((stop: AbortSignal) => Promise<boolean>);

export interface Walk {
  /** Messages taken from the broker, and neither removed nor given back yet. */
  readonly held: number;
  run(visit: (message: ConsumeMessage) => Promise<Step>, signal: AbortSignal): Promise<SweepResult>;
}

export interface WalkOptions {
  readonly connection: OwnConnection;
  readonly live: Live;
  readonly queue: string;
  /** Of what lies there, for the beginning of a sentence: `The dead letters of group "g"`. */
  readonly what: string;
  readonly busy: () => Error;
  /** There is no such queue. */
  readonly missing: () => Error;
}

/** The most a consumer can hold. What is kept is held to the end, so that the next walk finds it in its old order. */
const mostHeld = 65_535;
const answerMs = 10_000;
/** Copies on their way: one by one they would take a millisecond each. */
const mostApplying = 50;
/** A queue that gives nothing for so long has another active consumer. */
const silenceMs = 5_000;
/** The channel holds acknowledgements back while the queue is busy, and forgets them when it is closed. */
const acksSettleMs = 100;
/** For the sentinel of a walk that ends early; one that is missed expires. */
const sentinelMs = 2_000;
const sentinelLifeMs = 600_000;

/** One pass over a queue, oldest first, by one consumer: several would see it in another order. Needs the queue's lock. */
export function createWalk({ connection, live, queue, what, busy, missing }: WalkOptions): Walk {
  const { runtime, copies } = connection;
  const { clock } = runtime;
  const sentinel = randomUUID();
  const applying = createApplying(mostApplying);
  /** Delivered and not visited yet. */
  const arrived: ConsumeMessage[] = [];
  let visitedUpTo = 0;
  let held = 0;
  let visited = 0;
  let sentinelArrived = false;
  let deleted = false;
  let wake = () => {};

  function take(message: ConsumeMessage | null): void {
    if (message === null) deleted = true;
    else {
      held += 1;
      arrived.push(message);
      if (sentinelOf(message) === sentinel) sentinelArrived = true;
    }
    wake();
  }

  async function begin({ channel }: OpenChannel, stop: AbortSignal): Promise<void> {
    const answered = (asking: Promise<unknown>) =>
      within(asking, { clock, ms: answerMs, who: 'RabbitMQ', what: 'begin a sweep' });
    try {
      await answered(channel.checkQueue(queue));
      await answered(channel.prefetch(mostHeld));
      await answered(channel.consume(queue, take));
    } catch (error) {
      throw replyCode(error) === replies.notFound ? missing() : error;
    }
    // All that arrives before it was there when the walk began.
    const properties = { headers: { [privateHeaders.sentinel]: sentinel }, expiration: String(sentinelLifeMs) };
    await copies.store(queue, { content: Buffer.alloc(0), properties: { ...properties, persistent: true } }, stop);
  }

  /** Waits until something has come, `stop` has aborted, or so much time has passed. */
  async function awaken(ms: number, stop: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    const woken = new AbortController();
    await Promise.race([promise, wait(clock, ms, AbortSignal.any([stop, woken.signal]))]);
    woken.abort();
  }

  function nextArrived(): ConsumeMessage | undefined {
    const message = arrived[visitedUpTo];
    if (message === undefined) return undefined;
    // Its body is not needed any longer.
    arrived[visitedUpTo] = seen;
    visitedUpTo += 1;
    return message;
  }

  async function next(over: AbortSignal, stop: AbortSignal): Promise<ConsumeMessage | undefined> {
    for (;;) {
      over.throwIfAborted();
      const message = nextArrived();
      if (message !== undefined) return message;
      if (deleted) throw new Error(`Queue "${queue}" was deleted.`);
      if (stop.aborted || held >= mostHeld) return undefined;
      const before = arrived.length;
      await awaken(silenceMs, AbortSignal.any([over, stop]));
      if (arrived.length > before || over.aborted || stop.aborted || deleted) continue;
      if (before === 0) throw busy();
      throw new Error(`Queue "${queue}" gives no more messages.`);
    }
  }

  function remove(channel: Channel, message: ConsumeMessage): void {
    channel.ack(message);
    held -= 1;
  }

  /** True when all messages were visited. */
  async function pass(
    { channel, over }: OpenChannel,
    visit: (message: ConsumeMessage) => Promise<Step>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const stop = AbortSignal.any([over, signal]);
    for (;;) {
      const message = signal.aborted ? undefined : await next(over, signal);
      if (message === undefined) return false;
      const mark = sentinelOf(message);
      if (mark !== undefined) {
        remove(channel, message);
        if (mark === sentinel) return true;
        continue;
      }
      const step = await visit(message).catch((error: unknown) => {
        throw new VisitFailed(error);
      });
      visited += 1;
      if (step === 'stop') return false;
      if (step === 'keep') continue;
      over.throwIfAborted();
      if (step === 'remove') remove(channel, message);
      else await applying.add(step(stop).then((done) => void (done && remove(channel, message))));
    }
  }

  /** Without a `cancel`: it would let the next walk in before the messages are back. */
  async function end(opened: OpenChannel): Promise<void> {
    const { channel, over } = opened;
    await applying.settled();
    if (!sentinelArrived && !deleted) await awaitSentinel(over);
    try {
      const mine = arrived.slice(visitedUpTo).find((message) => sentinelOf(message) === sentinel);
      if (mine !== undefined) channel.ack(mine);
    } catch {
      // The channel is gone, and the sentinel expires.
    }
    await wait(clock, acksSettleMs, over);
    held = 0;
    await opened.close().catch((error: unknown) => {
      // The messages come back with the end of the connection then.
      live.giveUp(new Error('A sweep could not be ended.', { cause: error }));
    });
  }

  async function awaitSentinel(over: AbortSignal): Promise<void> {
    const until = clock.elapsed() + sentinelMs;
    while (!sentinelArrived && !over.aborted && held < mostHeld) {
      const left = until - clock.elapsed();
      if (left <= 0) return;
      await awaken(left, over);
    }
  }

  return {
    get held() {
      return held;
    },
    async run(visit, signal) {
      try {
        const opened = await openChannel(live, clock);
        try {
          await begin(opened, AbortSignal.any([opened.over, signal]));
          const complete = await pass(opened, visit, signal);
          await applying.all();
          return { complete, visited };
        } finally {
          await end(opened);
        }
      } catch (error) {
        if (error instanceof VisitFailed) throw error.thrown;
        if (signal.aborted) return { complete: false, visited };
        if (EventsError.isInstance(error)) throw error;
        throw unavailable(`${what} could not be looked through`, error);
      }
    },
  };
}

/** What `visit` threw goes to the caller as it is. */
class VisitFailed extends Error {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super('visit failed');
    this.thrown = thrown;
  }
}

/** In place of messages that were visited. */
const seen = { fields: {}, properties: {} } as ConsumeMessage;

function sentinelOf({ fields, properties }: ConsumeMessage): string | undefined {
  const mark: unknown = fields.exchange === '' ? properties.headers?.[privateHeaders.sentinel] : undefined;
  return typeof mark === 'string' ? mark : undefined;
}
