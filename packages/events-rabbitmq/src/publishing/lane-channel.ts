import { aborted, type AdapterRuntime, backoffMs, NoAnswer, wait } from '@payments/events-core';
import type { ConfirmChannel } from 'amqplib';
import { openConfirmChannel, type OpenChannel } from '../connection/channel.ts';
import { unavailable } from '../errors.ts';
import type { Link, Live } from '../connection/link.ts';

/** Keeps a confirm channel open on each connection of a link. */
export interface LaneChannel {
  /** Nothing is opened after this. The channel, if there is one, says goodbye, unless the signal aborts. */
  close(signal: AbortSignal): Promise<void>;
  /** The broker answered on it: what ended earlier channels is over. */
  proven(): void;
}

export interface LaneChannelOptions {
  readonly link: Link;
  readonly runtime: AdapterRuntime;
  opened(channel: OpenChannel<ConfirmChannel>): void;
  /**
   * The channel is gone; `opened` is called for the next. What it returns is waited for in between.
   * @param reason the channel's own error, or that of its connection
   */
  ended(channel: OpenChannel<ConfirmChannel>, reason: unknown): Promise<void> | undefined;
  failed(error: Error): void;
  unblocked(): void;
}

export function keepLaneChannel({ link, runtime, opened, ended, failed, unblocked }: LaneChannelOptions): LaneChannel {
  const { clock, random } = runtime;
  const ending = new AbortController();
  let current: OpenChannel<ConfirmChannel> | undefined;
  /** Channels in a row that ended, or did not open, without an answer. */
  let failures = 0;

  async function keepOpen(live: Live): Promise<void> {
    const stop = AbortSignal.any([live.over, ending.signal]);
    while (!stop.aborted) {
      if (failures > 0) await wait(clock, backoffMs(failures - 1, random), stop);
      if (stop.aborted) return;
      const channel = await openOn(live);
      if (channel === undefined) failures += 1;
      else await whileOpen(channel);
    }
  }

  async function openOn(live: Live): Promise<OpenChannel<ConfirmChannel> | undefined> {
    try {
      return await openConfirmChannel(live, clock);
    } catch (error) {
      // One that is blocked does not answer, and will.
      if (error instanceof NoAnswer && link.blocked === undefined) live.giveUp(error);
      return undefined;
    }
  }

  async function whileOpen(channel: OpenChannel<ConfirmChannel>): Promise<void> {
    if (ending.signal.aborted) return void channel.close().catch(() => {});
    if (channel.over.aborted) {
      failures += 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    current = channel;
    const onOver = () => {
      current = undefined;
      failures += 1;
      const between = ended(channel, channel.over.reason) ?? Promise.resolve();
      between.then(resolve, resolve);
    };
    channel.over.addEventListener('abort', onOver, { once: true });
    opened(channel);
    await promise;
  }

  const forget = link.eachLive({
    found(live) {
      failures = 0;
      void keepOpen(live);
    },
    failed: (error) => failed(unavailable('RabbitMQ does not let this process in', error)),
    unblocked,
  });

  return {
    proven() {
      failures = 0;
    },
    async close(signal) {
      ending.abort();
      forget();
      if (current !== undefined) await Promise.race([current.close().catch(() => {}), aborted(signal)]);
    },
  };
}
