import { wait } from '@payments/events-core';
import type { ConsumeMessage } from 'amqplib';
import { releaseOf } from '../settlement.ts';
import type { Held } from './epoch.ts';
import { appliedMs, endFailed, type Intake, type IntakeOptions } from './intake.ts';

/** Deliveries without a settlement from which on a message is handed over alone. */
const suspectFrom = 2;
/** How long the next suspect may take until the others are read again, milliseconds. */
const lingerMs = 100;
/** How long a released message may take to be stored; after that the channel's end returns it. */
const releaseMs = 1_000;

/**
 * Ordering `none`. A closed channel charges every message it held, and one that ends its process would take its neighbours
 * along, again and again. What came back twice moves to a queue of its own and is handed over from there, one at a time,
 * while nothing else is out.
 */
export function createUnorderedIntake(options: IntakeOptions): Intake {
  const { connection, epoch, queues, maxInFlight, cancelled } = options;
  const { clock, logger } = connection.runtime;
  const { channel } = epoch;
  let suspects: string | undefined;
  /** Its consumer's tag, while the work queue is read. */
  let work: string | undefined;
  let starting: Promise<void> | undefined;
  let widening: Promise<void> | undefined;
  let quieting: Promise<void> | undefined;
  /** Delivered, and waiting until nothing else is out. */
  let waiting: Held | undefined;
  const releases = new Set<Promise<void>>();
  const failed = (error: unknown) => endFailed(epoch, logger, { queue: queues.work, error });
  let stopLingering = () => {};

  async function begin(): Promise<void> {
    const { messageCount } = await epoch.ask(channel.checkQueue(queues.suspects));
    await epoch.ask(channel.prefetch(1));
    suspects = await consume(queues.suspects, fromSuspects);
    await epoch.ask(channel.prefetch(maxInFlight));
    if (messageCount > 0) linger();
    else await widen();
  }

  async function consume(queue: string, received: (message: ConsumeMessage) => void): Promise<string> {
    const { consumerTag } = await epoch.ask(
      channel.consume(queue, (message) => {
        try {
          if (message === null) cancelled(queue);
          else received(message);
        } catch (error) {
          failed(error);
        }
      }),
    );
    return consumerTag;
  }

  function widen(): Promise<void> {
    if (quieting !== undefined || epoch.signal.aborted || work !== undefined || waiting !== undefined) {
      return Promise.resolve();
    }
    widening ??= consume(queues.work, fromWork)
      .then((tag) => void (work = tag))
      .finally(() => (widening = undefined));
    return widening;
  }

  function linger(): void {
    stopLingering();
    stopLingering = clock.schedule(lingerMs, () => void widen().catch(failed));
  }

  async function narrow(): Promise<void> {
    await widening;
    const tag = work;
    if (tag === undefined) return;
    work = undefined;
    await epoch.ask(channel.cancel(tag));
  }

  function fromWork(message: ConsumeMessage): void {
    const held = epoch.hold(message, queues.work);
    held.unsettled = (held.note?.unsettled ?? 0) + held.returned;
    if (quieting !== undefined) return void release(held);
    if (held.unsettled < suspectFrom) return epoch.handOver(held);
    // From here on it was not handed over, however often it came back.
    held.unsettled = Math.max(suspectFrom, held.note?.unsettled ?? 0);
    void epoch.move(held, releaseOf(queues.suspects, held.note?.state ?? {}, held.unsettled));
  }

  function fromSuspects(message: ConsumeMessage): void {
    const held = epoch.hold(message, queues.suspects);
    held.unsettled = (held.note?.unsettled ?? 0) + held.returned;
    if (quieting !== undefined) return void release(held);
    waiting = held;
    alone(held).catch(failed);
  }

  async function alone(held: Held): Promise<void> {
    stopLingering();
    await narrow();
    await epoch.idle();
    if (waiting !== held || epoch.signal.aborted) return;
    // An answer from behind the acknowledgements: from here on the broker can charge nothing but this one.
    epoch.flush();
    await epoch.ask(channel.prefetch(maxInFlight));
    if (waiting !== held || epoch.signal.aborted) return;
    waiting = undefined;
    epoch.handOver(held);
  }

  function release(held: Held): Promise<void> {
    const releasing = giveBack(held).finally(() => releases.delete(releasing));
    releases.add(releasing);
    return releasing;
  }

  /** A copy at the end of the queue: what the broker takes back itself it counts. */
  async function giveBack(held: Held): Promise<void> {
    // Before that it would be delivered here again.
    await stopTaking();
    const inTime = new AbortController();
    const cancel = clock.schedule(releaseMs, () => inTime.abort());
    const queue = held.unsettled < suspectFrom ? queues.work : queues.suspects;
    const until = AbortSignal.any([epoch.signal, inTime.signal]);
    await epoch.move(held, releaseOf(queue, held.note?.state ?? {}, held.unsettled), until);
    cancel();
  }

  function stopTaking(): Promise<void> {
    quieting ??= takeNoMore().catch(failed);
    return quieting;
  }

  async function takeNoMore(): Promise<void> {
    await starting?.catch(() => {});
    stopLingering();
    const tag = suspects;
    suspects = undefined;
    await narrow();
    if (tag !== undefined) await epoch.ask(channel.cancel(tag));
  }

  async function quiet(): Promise<void> {
    await stopTaking();
    const held = waiting;
    waiting = undefined;
    if (held !== undefined) void release(held);
    await Promise.all(releases);
  }

  return {
    start() {
      starting ??= begin();
      return starting;
    },
    get consuming() {
      return !epoch.signal.aborted && (suspects !== undefined || work !== undefined);
    },
    finished(held) {
      if (held.queue === queues.suspects && quieting === undefined) linger();
    },
    release,
    quiet,
    async leave() {
      await wait(clock, appliedMs, epoch.signal);
    },
  };
}
