import type { Clock } from '@payments/events-core';
import type { Consumer } from 'kafkajs';
import { expelling, protocolType } from '../errors.ts';
import type { Lease } from './lease.ts';
import type { ConsumerTimes } from './times.ts';

/** Whether a consumer of the client lives: what it fetches, its heartbeats, and what is not answered. */
export interface Pulse {
  /** It has an assignment, and is not about to join again. */
  readonly steady: boolean;
  /** Something was fetched, or not, of late. */
  readonly fetching: boolean;
  readonly lastFetchAgeMs: number | undefined;
  /** From now on heartbeats are also sent beside the client's own, which stand still while it joins. */
  beat(heartbeat: () => Promise<void>, expelled: (error: unknown) => void): void;
  /** It is about to join again. */
  joining(): void;
  /** Its request to join is on its way, on a connection that may end. */
  letGo(closed: Promise<void>): void;
  joined(): void;
  /** Frees timers and listeners. */
  close(): void;
}

export interface PulseOptions {
  readonly clock: Clock;
  readonly consumer: Pick<Consumer, 'on' | 'events'>;
  readonly times: ConsumerTimes;
  readonly lease: Lease;
  /** When anything else had an answer from Kafka, milliseconds since the Unix epoch. */
  readonly lastProgressAt: () => number | undefined;
  /** The connections are given up, or those to one broker; the consumer stays. */
  readonly cut: (why: Error, broker?: string) => void;
  /** The consumer is given up. */
  readonly fail: (error: unknown) => void;
  /** The same, and its group is told. */
  readonly quit: (error: unknown) => void;
}

const lookEveryMs = 1_000;
/** Beyond the longest that the broker itself may wait for other members. */
const joinGraceMs = 15_000;
/** For an assignment to come after the broker has answered as if there were none to wait for. */
const strandedMs = 4_000;
/** For a consumer to be back once Kafka is. */
const aloneMs = 10_000;
/**
 * The same for one whose session is over: nobody waits for it, and a new one is there at once. The client waits up to three
 * request timeouts for a login that was torn.
 */
const goneMs = 4_000;
/** A request of a connection that has ended may still be carried out for so long. */
const inTransitMs = 1_000;
/** After so many requests in a row without an answer a connection is dead. */
const mostTimeouts = 2;

export function createPulse({ clock, consumer, times, lease, lastProgressAt, cut, fail, quit }: PulseOptions): Pulse {
  const { COMMIT_OFFSETS, HEARTBEAT, FETCH, REQUEST, REQUEST_TIMEOUT } = consumer.events;
  const startedAt = clock.elapsed();
  /** When the last request of a kind was sent that has an answer. */
  const sentAt = new Map<string, number>();
  const timeouts = new Map<string, number>();
  let phase: 'outside' | 'joining' | 'letGo' | 'steady' = 'outside';
  let since = startedAt;
  let lastFetchAt: number | undefined;
  /** The last sign of life, or when it was cut. */
  let aliveAt = startedAt;
  let cutOnce = false;
  /** By the machine's time. */
  let cutAt = 0;
  /** Since when others have answers while this one has none. */
  let aloneSince: number | undefined;
  /** The broker goes on as if nobody had joined. */
  let strandedSince: number | undefined;
  /** Which assignment the coordinator has confirmed. */
  let generation: number | undefined;
  /** Since when the request to join cannot be carried out any more, if it was not. */
  let joinOverAt: number | undefined;
  let cancelBeat = () => {};
  let cancelLook = clock.schedule(lookEveryMs, look);
  const stopListening = [
    consumer.on(FETCH, fetched),
    consumer.on(HEARTBEAT, ({ payload: { groupGenerationId } }) => {
      const sent = sentAt.get('Heartbeat') ?? -Infinity;
      if (phase === 'letGo' && !isBackIn(groupGenerationId, sent)) {
        strandedSince ??= clock.elapsed();
        return;
      }
      if (phase === 'letGo') enter('steady');
      generation = groupGenerationId;
      lease.renewed(sent);
    }),
    consumer.on(COMMIT_OFFSETS, ({ payload: { groupGenerationId } }) => {
      if (phase === 'steady') generation = groupGenerationId;
    }),
    consumer.on(REQUEST, ({ payload: { apiName, broker, duration } }) => {
      timeouts.delete(wayOf(broker, apiName));
      // By the machine's time, which somebody may have set.
      if (duration >= 0) sentAt.set(apiName, clock.elapsed() - duration);
      else sentAt.delete(apiName);
      if (apiName === 'JoinGroup') joinOverAt = clock.elapsed();
    }),
    consumer.on(REQUEST_TIMEOUT, ({ payload: { apiName, broker } }) => {
      const way = wayOf(broker, apiName);
      const count = (timeouts.get(way) ?? 0) + 1;
      timeouts.set(way, count);
      if (count < mostTimeouts) return;
      timeouts.delete(way);
      cut(new Error(`Kafka has not answered ${count} requests in a row.`), broker);
    }),
  ];

  function fetched(): void {
    lastFetchAt = clock.elapsed();
    alive();
  }

  function alive(): void {
    aliveAt = clock.elapsed();
    cutOnce = false;
    aloneSince = undefined;
  }

  /**
   * Whether it still has the assignment that it was about to give up: nobody was asked to join, or it would be another
   * generation. The request was refused, or has never arrived.
   */
  function isBackIn(confirmed: number, sentAtMs: number): boolean {
    return confirmed === generation && joinOverAt !== undefined && sentAtMs > joinOverAt;
  }

  /** The client has two connections for each broker: one of them is for fetching. */
  function wayOf(broker: string, apiName: string): string {
    return `${broker} ${apiName === 'Fetch'}`;
  }

  function look(): void {
    cancelLook = clock.schedule(lookEveryMs, look);
    const now = clock.elapsed();
    if (strandedSince !== undefined && now - strandedSince > strandedMs)
      return quit(new Error('The consumer asked to join its group again, and the group has not noticed.'));
    // The client sends none while the machine's time lies before that of the last one.
    if (phase === 'steady' && lastFetchAt !== undefined && lastFetchAt - lease.endsAt > strandedMs)
      return quit(new Error('The consumer fetches, and its heartbeats have stopped.'));
    if (phase !== 'steady') {
      if (now - since > times.rebalanceMs + joinGraceMs) fail(new Error('The consumer could not join its group.'));
      return;
    }
    const gone = cutOnce && lease.over && (lastProgressAt() ?? 0) > cutAt && now - aliveAt > goneMs;
    if (now - aliveAt <= times.silenceMs && !gone) return;
    const silence = new Error(`Nothing was fetched for ${Math.round(now - aliveAt)} ms.`);
    if (!cutOnce) {
      cutOnce = true;
      cutAt = clock.now();
      aliveAt = now;
      cut(silence);
    } else if (gone) {
      fail(silence);
    } else if (!isKafkaThere()) {
      // Whoever comes back under its own name need not be waited for.
      aloneSince = undefined;
    } else {
      aloneSince ??= now;
      if (now - aloneSince > aloneMs) fail(silence);
    }
  }

  function isKafkaThere(): boolean {
    const at = lastProgressAt();
    return at !== undefined && clock.now() - at < times.silenceMs;
  }

  function enter(next: typeof phase): void {
    phase = next;
    since = clock.elapsed();
    strandedSince = undefined;
  }

  return {
    get steady() {
      return phase === 'steady';
    },
    get fetching() {
      return lastFetchAt !== undefined && clock.elapsed() - lastFetchAt < times.silenceMs;
    },
    get lastFetchAgeMs() {
      return lastFetchAt === undefined ? undefined : clock.elapsed() - lastFetchAt;
    },
    beat(heartbeat, expelled) {
      const again = () => {
        cancelBeat = clock.schedule(times.heartbeatMs, again);
        // Its answer would be about the assignment that is to come.
        if (phase !== 'steady' && phase !== 'joining') return;
        heartbeat().catch((error: unknown) => {
          const type = protocolType(error);
          if (type === 'REBALANCE_IN_PROGRESS') lease.asked(sentAt.get('Heartbeat') ?? -Infinity);
          else if (type !== undefined && expelling.has(type)) expelled(error);
        });
      };
      again();
    },
    joining: () => enter('joining'),
    letGo(closed) {
      enter('letGo');
      joinOverAt = undefined;
      const asked = since;
      void closed.then(() => {
        if (phase === 'letGo' && since === asked) joinOverAt ??= clock.elapsed() + inTransitMs;
      });
    },
    joined() {
      enter('steady');
      generation = undefined;
      alive();
      lease.renewed(sentAt.get('SyncGroup') ?? clock.elapsed());
    },
    close() {
      cancelBeat();
      cancelLook();
      for (const stop of stopListening) stop();
    },
  };
}
