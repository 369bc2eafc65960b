import { backoffMs, ConfigurationError, describeError, wait, type AdapterRuntime } from '@payments/events-core';
import { isForbidden, protocolType } from '../errors.ts';
import { createLane, type Lane } from './lane.ts';
import { partitionOf } from './partitioner.ts';
import type { Failure, Posting } from './posting.ts';
import { createPostingList } from './posting-list.ts';
import { TopicMissing, type Topics } from './topics.ts';

/** What is posted to one topic: it waits here while nobody knows how many partitions there are, then in their lanes. */
export interface TopicQueue {
  readonly lanes: Iterable<Lane>;
  /** Those that wait here. In order. */
  readonly gated: Iterable<Posting>;
  post(posting: Posting): void;
  /** The topic may be gone, or another: what waits is spread anew. */
  forget(): void;
  /** For how long something has waited here, in milliseconds. */
  readonly owedMs: number;
}

export interface TopicQueueOptions {
  readonly topic: string;
  readonly topics: Topics;
  readonly runtime: Pick<AdapterRuntime, 'clock' | 'random'>;
  /** Makes the topic as one of events. */
  readonly create: () => Promise<void>;
  /** Aborts when nothing is sent any more. */
  readonly over: AbortSignal;
  /** Something was put into the lane. */
  readonly filled: (lane: Lane) => void;
  /** It is in no list any more. */
  readonly failed: (posting: Posting, failure: Failure) => void;
}

const mostFailures = 5;

export function createTopicQueue(options: TopicQueueOptions): TopicQueue {
  const { topic, topics, runtime, create, over, filled, failed } = options;
  const { clock, random } = runtime;
  const gate = createPostingList();
  const lanes: Lane[] = [];
  let asking = false;
  let owedSince = 0;

  function post(posting: Posting): void {
    const partitions = gate.first === undefined ? topics.knownPartitionsOf(topic) : undefined;
    if (partitions !== undefined) return spread(posting, partitions);
    if (gate.first === undefined) owedSince = clock.elapsed();
    gate.append(posting);
    if (!asking) void ask();
  }

  function spread(posting: Posting, partitions: number): void {
    const partition = posting.partition ?? partitionOf(posting.by, partitions);
    if (partition >= partitions) {
      const said = `was not sent: "${topic}" has ${partitions} partitions, and no partition ${partition}.`;
      return failed(posting, { outcome: 'rejected', reason: 'unroutable', retryable: false, said });
    }
    const lane = (lanes[partition] ??= createLane(topic, partition));
    lane.waiting.append(posting);
    filled(lane);
  }

  /** Until nothing waits here. */
  async function ask(): Promise<void> {
    asking = true;
    for (let failures = 0; gate.first !== undefined && !over.aborted; failures += 1) {
      try {
        open(await topics.partitionsOf(topic));
      } catch (error) {
        if (!(await settled(error))) await wait(clock, backoffMs(Math.min(failures, mostFailures), random), over);
      }
    }
    asking = false;
  }

  function open(partitions: number): void {
    for (let posting = gate.first; posting !== undefined; posting = gate.first) {
      gate.remove(posting);
      spread(posting, partitions);
    }
  }

  /** False where it has to be waited for. */
  async function settled(error: unknown): Promise<boolean> {
    if (!(error instanceof TopicMissing)) return refuse(error);
    refuseThose(({ creates }) => !creates, missing(error));
    if (gate.first === undefined) return true;
    try {
      await create();
      return true;
    } catch (failure) {
      return refuse(failure);
    }
  }

  function refuse(error: unknown): boolean {
    const failure = failureOf(error, topic);
    if (failure === undefined) return false;
    refuseThose(() => true, failure);
    return true;
  }

  function refuseThose(which: (posting: Posting) => boolean, failure: Failure): void {
    for (const posting of [...each(gate.first)].filter(which)) {
      gate.remove(posting);
      failed(posting, failure);
    }
  }

  return {
    get lanes() {
      // A hole for each partition that nothing was posted to.
      return lanes.filter((lane) => lane !== undefined);
    },
    get gated() {
      return each(gate.first);
    },
    post,
    forget() {
      const later = [...each(gate.first)];
      const before = lanes.flatMap(({ waiting }) => [...each(waiting.first)]);
      for (const posting of [...before, ...later]) posting.list?.remove(posting);
      for (const lane of lanes) if (lane?.sending === false) lane.owedSince = undefined;
      if (gate.first === undefined) owedSince = clock.elapsed();
      for (const posting of [...before, ...later]) gate.append(posting);
      if (gate.first !== undefined && !asking) void ask();
    },
    get owedMs() {
      return gate.first === undefined ? 0 : clock.elapsed() - owedSince;
    },
  };
}

export function* each(first: Posting | undefined): Generator<Posting> {
  for (let posting = first; posting !== undefined;) {
    const { next } = posting;
    yield posting;
    posting = next;
  }
}

function missing(error: TopicMissing): Failure {
  const said = `was not sent: ${error.message}`;
  return { outcome: 'rejected', reason: 'unroutable', retryable: false, said, cause: error };
}

/** Undefined for what passes. */
function failureOf(error: unknown, topic: string): Failure | undefined {
  const rejected = { outcome: 'rejected', retryable: false, cause: error } as const;
  const configuration = ConfigurationError.isInstance(error) ? error : undefined;
  const said = `was not sent: ${configuration?.message ?? `topic "${topic}" cannot be used: ${describeError(error).text}`}`;
  if (isForbidden(error)) return { ...rejected, reason: 'forbidden', said };
  if (protocolType(error) === 'INVALID_TOPIC_EXCEPTION') return { ...rejected, reason: 'other', said };
  if (configuration === undefined) return undefined;
  return { ...rejected, reason: configuration.path === 'topology' ? 'unroutable' : 'forbidden', said };
}
