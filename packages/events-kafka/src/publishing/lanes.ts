import { backoffMs, createSharedSignals, type AdapterRuntime } from '@payments/events-core';
import type { Client } from '../connection/client.ts';
import { mainTopic } from '../declaring/topic-shapes.ts';
import { forbidden, notAnswered, notSent } from './failures.ts';
import { mostMessages, putBack, type Lane } from './lane.ts';
import type { Failure, Posting } from './posting.ts';
import { createSending } from './sending.ts';
import type { Settings } from '../settings.ts';
import { createTopicQueue, each, type TopicQueue } from './topic-queue.ts';
import type { Topics } from './topics.ts';
import type { Verdict } from './verdict.ts';

/** All that is published, what goes to one partition in the order of the calls. */
export interface Lanes {
  /** Its signal must not have aborted. */
  post(posting: Posting): void;
  /** How long Kafka has owed an answer, in milliseconds: also where there is no connection. 0 when it owes none. */
  readonly owedMs: number;
  /** Resolves when none is open; at abort all that are end as if their own signals had aborted. */
  drain(signal: AbortSignal): Promise<void>;
  /** What is open ends, and nothing may be posted afterwards. At abort nothing is said to Kafka any more. */
  close(signal: AbortSignal): Promise<void>;
}

export interface LanesOptions {
  readonly settings: Settings;
  readonly runtime: Pick<AdapterRuntime, 'clock' | 'random'>;
  readonly topics: Topics;
  readonly client: () => Client;
  readonly progressed: () => void;
}

/** So often a lane's pause doubles. */
const mostFailures = 4;

export function createLanes(options: LanesOptions): Lanes {
  const { settings, runtime, topics, client, progressed } = options;
  const { clock, random } = runtime;
  const queues = new Map<string, TopicQueue>();
  /** Lanes that have something to send and may: the longest waiting first. */
  const ready = new Set<Lane>();
  const over = new AbortController();
  const signals = createSharedSignals(abort);
  const sending = createSending({ settings, runtime, client, opened: wake, refused, stored, failed });
  let awake = false;
  let open = 0;
  let drained: (() => void) | undefined;

  function queueOf(topic: string): TopicQueue {
    let queue = queues.get(topic);
    if (queue === undefined) {
      const create = () => topics.ensure([mainTopic(settings, topic)]);
      queue = createTopicQueue({ topic, topics, runtime, create, over: over.signal, filled: offer, failed: fail });
      queues.set(topic, queue);
    }
    return queue;
  }

  function offer(lane: Lane): void {
    lane.owedSince ??= clock.elapsed();
    if (lane.sending || lane.resume !== undefined) return;
    ready.add(lane);
    wake();
  }

  /** What is posted in one go, and by what that sets off, shares its sends. */
  function wake(): void {
    if (awake || over.signal.aborted) return;
    awake = true;
    setImmediate(pump);
  }

  function pump(): void {
    awake = false;
    for (const lane of ready) {
      if (!sending.free) return;
      ready.delete(lane);
      // What was there may have been aborted.
      if (lane.waiting.first === undefined) continue;
      lane.sending = true;
      sending.begin(lane);
      // One for each turn of the event loop: to encode them takes its time.
      if (ready.size > 0) wake();
      return;
    }
  }

  function stored(lane: Lane, batch: readonly Posting[], baseOffset: number): void {
    lane.failures = 0;
    lane.obstacle = undefined;
    lane.most = Math.min(mostMessages, lane.most + 1);
    free(lane);
    progressed();
    let offset = baseOffset;
    for (const posting of batch) {
      if (end(posting)) posting.stored(lane.partition, offset);
      offset += 1;
    }
  }

  function failed(lane: Lane, batch: readonly Posting[], verdict: Verdict): void {
    const { failure, again, suspect } = verdict;
    if (failure.outcome === 'rejected') progressed();
    else pause(lane, failure);
    const alone = batch.length === 1;
    if (again === 'halves') lane.most = alone ? mostMessages : Math.ceil(batch.length / 2);
    const goesBack = again === 'all' || (again === 'halves' && !alone);
    if (goesBack) putBack(lane, batch);
    free(lane);
    if (!goesBack) for (const posting of batch) fail(posting, failure);
    if (suspect !== 'topic') return;
    topics.forget(lane.topic);
    queueOf(lane.topic).forget();
  }

  function free(lane: Lane): void {
    const more = lane.waiting.first !== undefined;
    lane.sending = false;
    lane.owedSince = more ? clock.elapsed() : undefined;
    if (more) offer(lane);
    wake();
  }

  /** Else what waits in the lane would be spent, send by send, on a partition that nobody leads. */
  function pause(lane: Lane, obstacle: Failure): void {
    lane.failures += 1;
    lane.obstacle = obstacle;
    lane.resume = clock.schedule(backoffMs(Math.min(lane.failures, mostFailures), random), () => {
      lane.resume = undefined;
      if (lane.waiting.first !== undefined) offer(lane);
    });
  }

  /** False for one that nobody waits for any longer. */
  function end(posting: Posting): boolean {
    if (posting.stage === 'over') return false;
    posting.stage = 'over';
    signals.leave(posting.signal);
    open -= 1;
    if (open === 0) drained?.();
    return true;
  }

  function fail(posting: Posting, failure: Failure): void {
    if (end(posting)) posting.failed(failure);
  }

  function refused(): void {
    const { refusal } = sending;
    if (refusal !== undefined)
      endWaiting(
        () => true,
        () => forbidden(refusal),
      );
  }

  function endWaiting(which: (posting: Posting) => boolean, why: (lane?: Lane) => Failure): void {
    for (const { lanes, gated } of queues.values()) {
      endThose(gated, which, why());
      for (const lane of lanes) {
        endThose(each(lane.waiting.first), which, why(lane));
        if (lane.waiting.first === undefined && !lane.sending) lane.owedSince = undefined;
      }
    }
  }

  function endThose(postings: Iterable<Posting>, which: (posting: Posting) => boolean, failure: Failure): void {
    for (const posting of postings) {
      if (!which(posting)) continue;
      posting.list?.remove(posting);
      fail(posting, failure);
    }
  }

  /** One signal's, or all. */
  function abort(signal?: AbortSignal): void {
    const isMeant = (posting: Posting) => signal === undefined || posting.signal === signal;
    endWaiting(isMeant, (lane) => notSent(sending, { obstacle: lane?.obstacle, settings }));
    for (const posting of sending.postings) {
      if (isMeant(posting)) fail(posting, notAnswered);
    }
  }

  function owedMs(): number {
    let longest = 0;
    for (const queue of queues.values()) {
      longest = Math.max(longest, queue.owedMs);
      for (const { owedSince } of queue.lanes) {
        if (owedSince !== undefined) longest = Math.max(longest, clock.elapsed() - owedSince);
      }
    }
    return longest;
  }

  return {
    post(posting) {
      open += 1;
      signals.join(posting.signal);
      const { refusal } = sending;
      if (refusal === undefined) queueOf(posting.topic).post(posting);
      else fail(posting, forbidden(refusal));
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
      over.abort();
      abort();
      for (const { lanes } of queues.values()) for (const { resume } of lanes) resume?.();
      await sending.close(signal);
    },
  };
}
