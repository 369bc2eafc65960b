import { within } from '@payments/events-core';
import type { Clock } from '@payments/events-core';
import type { Channel, ConfirmChannel } from 'amqplib';
import type { Live } from './link.ts';

/** A channel while it lasts. Tags are its own: an acknowledgement said on another one settles another message. */
export interface OpenChannel<C extends Channel = Channel> {
  readonly channel: C;
  /** Aborts with the channel's error when it is gone. */
  readonly over: AbortSignal;
  /**
   * Resolves when it is closed, by whomever. Idempotent.
   * @throws {NoAnswer} when the broker does not answer: what the channel held is not returned before the connection ends.
   */
  close(): Promise<void>;
}

const openMs = 5_000;
const useMs = 10_000;
const closeMs = 2_000;

export function openChannel(live: Live, clock: Clock): Promise<OpenChannel> {
  return open({ live, clock, create: () => live.model.createChannel() });
}

export function openConfirmChannel(live: Live, clock: Clock): Promise<OpenChannel<ConfirmChannel>> {
  return open({ live, clock, create: () => live.model.createConfirmChannel() });
}

/**
 * A throw-away channel for topology and checks: what the broker refuses closes the channel it was asked on, and consumers
 * there would not hear of it.
 */
export async function withChannel<T>(live: Live, clock: Clock, use: (channel: Channel) => Promise<T>): Promise<T> {
  const opened = await openChannel(live, clock);
  try {
    return await within(use(opened.channel), {
      clock,
      ms: useMs,
      who: 'RabbitMQ',
      what: 'answer on an administrative channel',
    });
  } finally {
    // Nobody has to wait for it.
    opened.close().catch(() => {});
  }
}

interface Opening<C> {
  readonly live: Live;
  readonly clock: Clock;
  create(): Promise<C>;
}

async function open<C extends Channel>({ live, clock, create }: Opening<C>): Promise<OpenChannel<C>> {
  live.over.throwIfAborted();
  // Guarded before anybody else hears of it: an `error` event without a listener ends the process.
  const opening = create().then((channel) => guard(channel, live, clock));
  try {
    return await within(opening, { clock, ms: openMs, who: 'RabbitMQ', what: 'open a channel' });
  } catch (error) {
    opening.then((late) => late.close()).catch(() => {});
    throw error;
  }
}

function guard<C extends Channel>(channel: C, live: Live, clock: Clock): OpenChannel<C> {
  const over = new AbortController();
  let closing: Promise<void> | undefined;
  let failure: unknown;
  const gone = new Promise<void>((resolve) => {
    const end = () => {
      over.abort(failure ?? live.over.reason ?? new Error('The channel was closed, as a rule with its connection.'));
      resolve();
    };
    channel.on('error', (error) => {
      failure = error;
    });
    channel.on('close', end);
    // Without a listener here a callback that throws would close the channel, or the connection.
    channel.on('handler-error', () => {});
    // Closed between its opening and this line, by what came with the same packet.
    if (live.over.aborted || isClosed(channel)) end();
  });

  return {
    channel,
    over: over.signal,
    close() {
      if (over.signal.aborted) return Promise.resolve();
      // The client never settles a close when the connection dies under it.
      closing ??= within(Promise.race([said(channel), gone]), {
        clock,
        ms: closeMs,
        who: 'RabbitMQ',
        what: 'close a channel',
      });
      return closing;
    },
  };
}

async function said(channel: Channel): Promise<void> {
  try {
    await channel.close();
  } catch {
    // Closed already, or closing.
  }
}

/** The client forgets what waits for an answer when a channel is closed, and has no other sign of it. */
function isClosed(channel: Channel): boolean {
  return (channel as { readonly pending?: unknown }).pending === null;
}
