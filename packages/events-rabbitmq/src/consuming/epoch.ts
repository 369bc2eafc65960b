import type { Deliver, DeliveryState, Settlement } from '@payments/events-core';
import { wait } from '@payments/events-core';
import type { Channel, ConsumeMessage } from 'amqplib';
import { createAcknowledgements, type Unacknowledged } from './acknowledgements.ts';
import type { OpenChannel } from '../connection/channel.ts';
import type { Connection } from '../connection.ts';
import type { Live } from '../connection/link.ts';
import { countOf, toIncoming } from '../mapping.ts';
import { noteOf, type CopyNote } from '../messages/copy-note.ts';
import { destinationOf, type Destination, type DestinationFacts, type Settler } from '../settlement.ts';

/** Longest wait for the broker's answer on this channel, milliseconds. */
const answerMs = 10_000;
const noState: DeliveryState = {};

/** A message that the broker has given to a channel and not seen acknowledged. */
export interface Held extends Unacknowledged {
  previous: this | undefined;
  next: this | undefined;
  readonly message: ConsumeMessage;
  readonly heldAtMs: number;
  /** The queue it lies in. */
  readonly queue: string;
  /** What the adapter itself wrote beside it. */
  readonly note: CopyNote | undefined;
  /** How often the broker has had it back. */
  readonly returned: number;
  /** As it is handed over, or would be. */
  unsettled: number;
  /** Too large to be copied: it counts as out no longer, though its copy is still being tried. */
  stuck: boolean;
}

/**
 * One channel's deliveries, and the right to settle them, which ends with it: tags count per channel, so that an
 * acknowledgement on the next one would settle another message.
 */
export interface Epoch {
  readonly live: Live;
  readonly channel: Channel;
  /** Aborts when the right to settle is gone. */
  readonly signal: AbortSignal;
  /** Messages held. */
  readonly held: number;
  /** Those of them that were handed over or are being copied. */
  readonly out: number;
  holds(): Iterable<Held>;
  /** Call it in the order of delivery. */
  hold(message: ConsumeMessage, queue: string): Held;
  /** Core decides its fate. */
  handOver(held: Held): void;
  /** Stores a copy, then acknowledges. Resolves when that is done or the right to it is gone. */
  move(held: Held, destination: Destination, signal?: AbortSignal): Promise<void>;
  /** Resolves when nothing is out. */
  idle(): Promise<void>;
  /** Says what is to be acknowledged now. */
  flush(): void;
  /** An answer on this channel; a broker that gives none loses the connection. */
  ask<T>(answer: Promise<T>): Promise<T>;
  /** Gives up the right to settle, then the channel: what is held goes back. */
  end(reason: Error): Promise<void>;
}

export interface EpochOptions {
  readonly connection: Connection;
  readonly live: Live;
  readonly opened: OpenChannel<Channel>;
  readonly facts: DestinationFacts;
  readonly settler: Settler;
  readonly deliver: Deliver;
  /** Deliveries that were begun and have not ended, over all epochs. */
  readonly count: (change: 1 | -1) => void;
  /** It is settled, or will not be: the next may come. */
  readonly finished: (held: Held) => void;
  /** Core gives it back. Resolves when it is away, or stays for the end of the channel. */
  readonly release: (held: Held) => Promise<void>;
}

export function createEpoch(options: EpochOptions): Epoch {
  const { connection, live, opened, facts, settler, deliver, count, finished, release } = options;
  const { channel } = opened;
  const { clock, logger } = connection.runtime;
  const lost = new AbortController();
  const { signal } = lost;
  let out = 0;
  let idlers: (() => void)[] = [];
  let ending: Promise<void> | undefined;
  const acknowledgements = createAcknowledgements<Held>({ acknowledge, soon: setImmediate });

  function acknowledge(deliveryTag: number, multiple: boolean): void {
    if (signal.aborted) return;
    try {
      channel.ack({ fields: { deliveryTag } } as ConsumeMessage, multiple);
    } catch {
      // The channel has just closed: the message comes again.
    }
  }

  function begin(): void {
    out += 1;
    count(1);
  }

  function finish(held: Held): void {
    // It was told when that was found.
    if (held.stuck) return void (held.stuck = false);
    out -= 1;
    if (!signal.aborted) finished(held);
    if (out === 0 && idlers.length > 0) {
      const waiting = idlers;
      idlers = [];
      for (const resolve of waiting) resolve();
    }
    count(-1);
  }

  /** What can never be copied stays held. A suspect would wait for it for ever, and so would a stop. */
  function giveUpOn(held: Held): void {
    finish(held);
    held.stuck = true;
  }

  function done(held: Held): void {
    if (!signal.aborted) acknowledgements.done(held);
  }

  function handOver(held: Held): void {
    begin();
    let deciding: Promise<Settlement>;
    try {
      const { message, note, unsettled } = held;
      const state = note?.state ?? noState;
      deciding = deliver({ message: toIncoming(message), state, unsettled, signal, raw: message });
    } catch (error) {
      deciding = Promise.reject(error);
    }
    deciding.then(
      (settlement) => {
        if (settlement.kind === 'ack' || signal.aborted) {
          done(held);
          finish(held);
        } else void settle(held, settlement).then(() => finish(held));
      },
      (error: unknown) => void failed(error).then(() => finish(held)),
    );
  }

  async function settle(held: Held, settlement: Exclude<Settlement, { kind: 'ack' }>): Promise<void> {
    if (settlement.kind === 'release') return release(held);
    const destination = destinationOf(settlement, facts);
    if (destination.waitMs !== undefined) await wait(clock, destination.waitMs, signal);
    const stored = await copy(held, destination, signal, settlement.kind);
    if (!stored || settlement.kind !== 'deadLetter' || settlement.onStored === undefined) return;
    acknowledgements.flush();
    settlement.onStored();
  }

  async function copy(
    held: Held,
    { queue, note }: Destination,
    until: AbortSignal,
    settlement?: Settlement['kind'],
  ): Promise<boolean> {
    const storing = { message: held.message, queue, note, signal: until, stuck: () => giveUpOn(held) };
    const stored = await settler.storeCopy(settlement === undefined ? storing : { ...storing, settlement });
    if (!stored || signal.aborted) return false;
    done(held);
    return true;
  }

  /** What must not happen. The channel's end brings back what it held, in order. */
  async function failed(error: unknown): Promise<void> {
    if (signal.aborted) return;
    logger.error({ group: facts.group, err: error }, 'deliver rejected, which it must not: the channel begins anew');
    await end(new Error('deliver rejected, which it must not.', { cause: error }));
  }

  function end(reason: Error): Promise<void> {
    ending ??= close(reason);
    return ending;
  }

  async function close(reason: Error): Promise<void> {
    acknowledgements.flush();
    // First the right, then the channel: only after that may anybody else get the messages.
    lost.abort(reason);
    opened.over.removeEventListener('abort', onOver);
    try {
      await opened.close();
    } catch (error) {
      // Whoever gets the messages next must not get them before the broker knows that they are ours no more.
      live.giveUp(error instanceof Error ? error : new Error('A channel could not be closed.'));
    }
  }

  const onOver = () => {
    const cause: unknown = opened.over.reason;
    void end(new Error('The right to settle this delivery is lost: its channel has ended.', { cause }));
  };
  if (opened.over.aborted) onOver();
  else opened.over.addEventListener('abort', onOver, { once: true });

  return {
    live,
    channel,
    signal,
    get held() {
      return acknowledgements.open;
    },
    get out() {
      return out;
    },
    holds: acknowledgements.all,
    hold(message, queue) {
      connection.progressed();
      const held: Held = {
        tag: message.fields.deliveryTag,
        previous: undefined,
        next: undefined,
        message,
        heldAtMs: clock.elapsed(),
        queue,
        note: noteOf(message),
        returned: countOf(message),
        unsettled: 0,
        stuck: false,
      };
      acknowledgements.took(held);
      return held;
    },
    handOver,
    async move(held, destination, until = signal) {
      begin();
      await copy(held, destination, until);
      finish(held);
    },
    idle: () => (out === 0 ? Promise.resolve() : new Promise((resolve) => void idlers.push(resolve))),
    flush: acknowledgements.flush,
    async ask(answer) {
      const silent = () => live.giveUp(new Error(`The broker has not answered within ${answerMs} ms.`));
      const cancel = clock.schedule(answerMs, silent);
      try {
        return await answer;
      } finally {
        cancel();
      }
    },
    end,
  };
}
