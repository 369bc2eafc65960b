import { type AdapterRuntime, type ConfigurationError } from '@payments/events-core';
import type { RecordMetadata } from 'kafkajs';
import type { Client } from '../connection/client.ts';
import type { Instance } from './instance.ts';
import { createInstances } from './instances.ts';
import { takeBatch, type Lane } from './lane.ts';
import type { Posting } from './posting.ts';
import type { Settings } from '../settings.ts';
import { MissingAnswer, NothingSent, StuckSend, verdictOf, type Verdict } from './verdict.ts';

/** The sends of all lanes: a few at once, each ends. */
export interface Sending {
  /** Whether one more may begin. */
  readonly free: boolean;
  /** What is on its way, whether somebody waits for it or not. */
  readonly postings: Iterable<Posting>;
  /** Why nothing can be sent: what waiting will hardly mend. */
  readonly refusal: ConfigurationError | undefined;
  readonly lastError: unknown;
  readonly connected: boolean;
  /** Sends what the lane has, as much as one send takes. There must be something, and `free`. */
  begin(lane: Lane): void;
  close(signal: AbortSignal): Promise<void>;
}

export interface SendingOptions {
  readonly settings: Pick<Settings, 'brokers' | 'login' | 'tls' | 'requestTimeoutMs'>;
  readonly runtime: Pick<AdapterRuntime, 'clock' | 'random'>;
  readonly client: () => Client;
  /** There is a connection. */
  readonly opened: () => void;
  /** There is a `refusal`. */
  readonly refused: () => void;
  /** Each send ends in one of these. */
  readonly stored: (lane: Lane, batch: readonly Posting[], baseOffset: number) => void;
  readonly failed: (lane: Lane, batch: readonly Posting[], verdict: Verdict) => void;
}

/** At once, over all lanes: more keeps the process busy for longer at a time, and is not quicker. */
const mostSends = 4;
/** For the client to find and reach the broker before it asks. */
const marginMs = 3_000;
const longestAnswerMs = 5_000;
const shortestWatchMs = 100;

interface Send {
  readonly lane: Lane;
  readonly batch: readonly Posting[];
  readonly instance: Instance;
  readonly begunAt: number;
}

export function createSending(options: SendingOptions): Sending {
  const { settings, runtime, client, opened, refused, stored, failed } = options;
  const { clock } = runtime;
  const answerMs = Math.min(longestAnswerMs, settings.requestTimeoutMs);
  const longestMs = answerMs + marginMs;
  const instances = createInstances({ runtime, client, connectMs: answerMs + longestMs, opened, refused });
  /** In the order in which they began. */
  const sends = new Set<Send>();
  let cancelWatch: (() => void) | undefined;

  async function run(send: Send): Promise<void> {
    const { lane, batch, instance } = send;
    const { topic, partition } = lane;
    const messages = batch.map(({ record: { key, value, headers } }) => ({ key, value, headers, partition }));
    try {
      const rows = await instance.send({ topic, messages, acks: -1, timeout: answerMs });
      const baseOffset = baseOffsetOf(rows, lane);
      instances.proven(instance);
      if (sends.delete(send)) stored(lane, batch, baseOffset);
    } catch (error) {
      fail(send, error);
    }
  }

  function fail(send: Send, error: unknown): void {
    const { lane, batch, instance, begunAt } = send;
    if (!sends.delete(send)) return;
    const verdict = verdictOf(error, { topic: lane.topic, settings });
    const { suspect } = verdict;
    if (suspect === 'timeout') instances.timedOut(instance, error);
    else if (suspect === 'connection') instances.disconnected(instance, begunAt, error);
    else if (suspect === 'topic') instances.leave(instance, error);
    failed(lane, batch, verdict);
  }

  /** One timer, set while something is on its way and then left to run: most sends cost none. */
  function watch(afterMs: number): void {
    cancelWatch = clock.schedule(afterMs, () => {
      cancelWatch = undefined;
      const now = clock.elapsed();
      for (const send of sends) if (now - send.begunAt >= longestMs) giveUp(send);
      const [oldest] = sends;
      if (oldest !== undefined) watch(Math.max(shortestWatchMs, oldest.begunAt + longestMs - now));
    });
  }

  function giveUp(send: Send): void {
    const why = new StuckSend(`Kafka's client has not ended a send within ${longestMs} ms.`);
    instances.destroy(send.instance, why);
    fail(send, why);
  }

  return {
    get free() {
      return sends.size < mostSends && instances.live !== undefined;
    },
    get postings() {
      return [...sends].flatMap(({ batch }) => batch);
    },
    get refusal() {
      return instances.refusal;
    },
    get lastError() {
      return instances.lastError;
    },
    get connected() {
      return instances.live !== undefined;
    },
    begin(lane) {
      const instance = instances.live;
      if (instance === undefined) return;
      const send: Send = { lane, batch: takeBatch(lane), instance, begunAt: clock.elapsed() };
      sends.add(send);
      if (cancelWatch === undefined) watch(longestMs);
      void run(send);
    },
    async close(signal) {
      cancelWatch?.();
      await instances.close(signal);
      // What it will not answer any more.
      for (const { instance } of sends) instance.destroy(new Error('The connection to Kafka was closed.'));
    },
  };
}

/**
 * The offset of the first of a batch. The client's success is not believed without it: it also resolves for a partition that it
 * has not sent to.
 * @throws {NothingSent} {MissingAnswer}
 */
function baseOffsetOf(rows: readonly RecordMetadata[], { topic, partition }: Lane): number {
  // Each broker that was asked has at least a row.
  if (rows.length === 0) throw new NothingSent(`kafkajs does not know partition ${partition} of "${topic}".`);
  const row = rows.find((one) => one.topicName === topic && one.partition === partition);
  const offset = row?.errorCode === 0 ? Number(row.baseOffset ?? Number.NaN) : Number.NaN;
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new MissingAnswer(`Kafka's answer names no offset in partition ${partition} of "${topic}".`);
}
