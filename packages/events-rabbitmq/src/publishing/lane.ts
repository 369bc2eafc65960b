import { type AdapterRuntime, createSharedSignals, EventsError } from '@payments/events-core';
import type { ConfirmChannel, Message } from 'amqplib';
import type { OpenChannel } from '../connection/channel.ts';
import { watchAnswers } from './answer-watch.ts';
import { brokersLimit, isClosedChannel, isNack, replies, replyCode, replyText } from '../errors.ts';
import { keepLaneChannel } from './lane-channel.ts';
import type { Link } from '../connection/link.ts';
import { sharedTable } from '../messages/shared-table.ts';
import { createPostingList } from './posting-list.ts';
import { accepted, full, nothing, returned, type LaneOptions, type Outcome, type Posting } from './posting.ts';
import { createWindow } from './window.ts';

/** A confirm channel with a window. What is posted reaches the broker in call order, over as many channels as it takes. */
export interface Lane<P extends Posting<P>> {
  /** Its signal must not have aborted. */
  post(posting: P): void;
  /** How long the broker has owed an answer, in milliseconds; 0 when it owes none. */
  readonly owedMs: number;
  /** Resolves when none is open; at abort all that are end as if their own signals had aborted. */
  drain(signal: AbortSignal): Promise<void>;
  /** Nothing may be posted afterwards. At abort nothing is said to the broker any more. */
  close(signal: AbortSignal): Promise<void>;
}

export interface LanePlace {
  readonly link: Link;
  readonly runtime: AdapterRuntime;
  /** Without an answer for so long, while nothing is blocked, the connection is given up. */
  readonly silenceMs: number;
}

export function createLane<P extends Posting<P>>(place: LanePlace, options: LaneOptions<P>): Lane<P> {
  const { link, runtime, silenceMs } = place;
  const { clock } = runtime;
  const { maxMessages, maxBytes, settled, isReturned, progressed, repair } = options;
  const list = createPostingList<P>();
  const signals = createSharedSignals(abort);
  /** Written on a channel that has just ended, in order. */
  let orphans: P[] = [];
  let current: OpenChannel<ConfirmChannel> | undefined;
  const window = createWindow({ clock, maxMessages, maxBytes, opened: pump });
  let open = 0;
  let drained: (() => void) | undefined;
  let unblockedAt = 0;

  function settle(posting: P, outcome: Outcome): void {
    signals.leave(posting.signal);
    open -= 1;
    settled(posting, outcome);
    if (open === 0) drained?.();
  }

  function end(posting: P, outcome: Outcome): void {
    list.remove(posting);
    const awaited = posting.stage !== 'left';
    posting.stage = 'over';
    if (awaited) settle(posting, outcome);
  }

  /** Writes what may be written. */
  function pump(): void {
    for (let next = list.waiting; next !== undefined && mayWrite(next); next = list.waiting) {
      if (!write(next)) return;
    }
  }

  function mayWrite({ bytes }: P): boolean {
    return current !== undefined && link.blocked === undefined && window.hasRoom(bytes);
  }

  /** False when the channel has just ended. */
  function write(posting: P): boolean {
    const { exchange, native } = posting;
    const { routingKey, content, properties } = native;
    const on = current!;
    try {
      const options = { ...properties, headers: sharedTable(properties.headers) };
      on.channel.publish(exchange, routingKey, content, options, (error: unknown) => answered(posting, error));
    } catch (error) {
      if (on.over.aborted || isClosedChannel(error)) {
        current = undefined;
        return false;
      }
      // The client cannot write it, and has written nothing.
      end(posting, { kind: 'invalid', error });
      return true;
    }
    link.live?.joinWrites();
    posting.stage = 'written';
    posting.writtenAt = clock.elapsed();
    list.advance();
    window.enter(posting.bytes);
    watch.begin();
    return true;
  }

  function answered(posting: P, error: unknown): void {
    window.leave(posting.bytes);
    const nacked = error !== null && isNack(error);
    if (error !== null && !nacked) {
      orphans.push(posting);
      return;
    }
    window.widen();
    channel.proven();
    progressed();
    end(posting, nacked ? full : posting.returned ? returned : accepted);
    pump();
  }

  function takeBack(message: Message): void {
    for (let one = list.first; one !== undefined && one !== list.waiting; one = one.next) {
      if (one.returned || !isReturned(one, message)) continue;
      one.returned = true;
      return;
    }
  }

  function orphaned(reason: unknown): Promise<void> | undefined {
    const lost = orphans;
    orphans = [];
    const [alone, ...others] = lost;
    const code = replyCode(reason);
    const limit = brokersLimit(reason) ?? Infinity;
    // Each would cost a channel, and all that is on the way there.
    failWaiting({ kind: 'invalid', error: reason }, ({ bytes }) => bytes > limit);
    if (alone === undefined || others.length > 0) {
      // What is larger than the broker takes was not taken; of the others nobody knows.
      for (const posting of lost) end(posting, { kind: posting.bytes > limit ? 'invalid' : 'lost', error: reason });
      return code === replies.notFound ? repair().catch(() => {}) : undefined;
    }
    // Nothing else was on the way: it is this one that the broker refused.
    if (code === replies.notFound) return recreate(alone);
    if (code === replies.accessRefused) refuse(alone, reason);
    else if (code === replies.preconditionFailed) end(alone, { kind: 'invalid', error: reason });
    else end(alone, { kind: 'lost', error: reason });
    return undefined;
  }

  /** The exchange is gone, so nobody has stored it. It is written again once there is one. */
  async function recreate(alone: P): Promise<void> {
    if (alone.stage === 'left') end(alone, { kind: 'aborted', written: false });
    else {
      alone.stage = 'waiting';
      alone.returned = false;
      list.retreat(alone);
    }
    try {
      await repair();
    } catch (error) {
      // One that passes is waited for.
      const passes = EventsError.isInstance(error) && error.retryable;
      if (!passes && alone.stage === 'waiting') end(alone, { kind: 'missing', error });
    }
  }

  /** Without the permission to write to an exchange nothing else can be written to it either. */
  function refuse(alone: P, error: unknown): void {
    end(alone, { kind: 'forbidden', error });
    if (/access to topic/.test(replyText(error))) return;
    failWaiting({ kind: 'forbidden', error });
  }

  function failWaiting(outcome: Outcome, which: (posting: P) => boolean = () => true): void {
    for (let one = list.waiting, after = one?.next; one !== undefined; one = after, after = one?.next) {
      if (which(one)) end(one, outcome);
    }
  }

  function abort(signal?: AbortSignal): void {
    for (let one = list.first, after = one?.next; one !== undefined; one = after, after = one?.next) {
      if (one.stage === 'left' || (signal !== undefined && one.signal !== signal)) continue;
      if (one.stage === 'waiting') end(one, { kind: 'aborted', written: false });
      else {
        one.stage = 'left';
        one.native = nothing;
        settle(one, { kind: 'aborted', written: true });
      }
    }
  }

  function owedMs(): number {
    const oldest = list.first;
    if (oldest === undefined || window.count === 0) return 0;
    return clock.elapsed() - Math.max(oldest.writtenAt, unblockedAt);
  }

  // An answer that got lost would keep its place in the window for ever.
  const watch = watchAnswers({
    clock,
    silenceMs,
    owedMs: () => (window.count === 0 ? undefined : owedMs()),
    isExcused: () => link.blocked !== undefined,
    silent: () => link.live?.giveUp(new Error(`RabbitMQ has not confirmed a message within ${silenceMs} ms.`)),
  });

  const channel = keepLaneChannel({
    link,
    runtime,
    opened(next) {
      next.channel.on('return', takeBack);
      current = next;
      pump();
    },
    ended(_, reason) {
      current = undefined;
      window.narrow();
      return orphaned(reason);
    },
    failed: (error) => failWaiting({ kind: 'forbidden', error }),
    unblocked() {
      unblockedAt = clock.elapsed();
      pump();
    },
  });

  return {
    post(posting) {
      open += 1;
      signals.join(posting.signal);
      list.append(posting);
      if (link.failure !== undefined) end(posting, { kind: 'forbidden', error: link.failure });
      else if (list.waiting === posting) pump();
    },
    get owedMs() {
      return owedMs();
    },
    async drain(signal) {
      const leave = () => abort();
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
      if (open > 0) await new Promise<void>((resolve) => (drained = resolve));
      signal.removeEventListener('abort', leave);
    },
    async close(signal) {
      watch.cancel();
      window.narrow();
      await channel.close(signal);
    },
  };
}
