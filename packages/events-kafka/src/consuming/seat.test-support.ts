import type { AdapterRuntime } from '@payments/events-core';
import type { KafkaMessage } from 'kafkajs';
import type { Intake } from './intake.ts';
import { messagesFrom } from './partition-log.test-support.ts';
import type { PartitionLog } from './partition-log.ts';
import { keyOf, type Fetched, type Seat } from './seat.ts';
import { createTestClock } from './test-clock.test-support.ts';

/** What a member was asked to commit. */
interface Sent {
  /** Offsets by partition. */
  readonly offsets: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A place in a group that does as it is told, and remembers what it was told. */
export function createFakeSeat() {
  const commits: Sent[] = [];
  const calls: string[] = [];
  const failures: unknown[] = [];
  const state = {
    leaseEndsAt: Infinity,
    leaseOver: false,
    canCommit: true,
    answer: (): Promise<void> => Promise.resolve(),
  };
  const seat: Seat = {
    lease: {
      renewed() {},
      asked() {},
      get endsAt() {
        return state.leaseEndsAt;
      },
      get over() {
        return state.leaseOver;
      },
    },
    get canCommit() {
      return state.canCommit;
    },
    commit(commitments) {
      commits.push({
        offsets: Object.fromEntries(commitments.map((one) => [keyOf(one), one.commitment.offset])),
        metadata: Object.fromEntries(commitments.map((one) => [keyOf(one), one.commitment.metadata])),
      });
      return state.answer();
    },
    pause: (place) => void calls.push(`pause ${keyOf(place)}`),
    resume: (place) => void calls.push(`resume ${keyOf(place)}`),
    seek: (place, offset) => void calls.push(`seek ${keyOf(place)} ${offset}`),
    fail: (error) => void failures.push(error),
  };
  return { seat, commits, calls, failures, state };
}

export interface FakeBatch {
  readonly topic?: string;
  readonly partition?: number;
  readonly from: number;
  readonly count: number;
  /** Where the log ended when it was fetched. Absent: behind this batch. */
  readonly high?: number;
  /** In place of those that would be made. */
  readonly messages?: readonly KafkaMessage[];
}

/** A batch as the client gives it, and which offsets were resolved. */
export function fetchedOf({ topic = 't', partition = 0, from, count, high = from + count, messages }: FakeBatch) {
  const resolved: string[] = [];
  const batch = {
    topic,
    partition,
    fetchedOffset: String(from),
    highWatermark: String(high),
    messages: [...(messages ?? messagesFrom(from, count))],
    isEmpty: () => count === 0,
    firstOffset: () => (count === 0 ? null : String(from)),
    lastOffset: () => String(from + count - 1),
    offsetLag: () => '0',
    offsetLagLow: () => '0',
  };
  const fetched: Fetched = { batch, resolveOffset: (offset) => void resolved.push(offset) };
  return { fetched, resolved };
}

/** What an adapter is given, with time that stands still. */
export function createFakeRuntime({ random = () => 0 }: { random?: () => number } = {}) {
  const clock = createTestClock();
  const notices: string[] = [];
  const errors: string[] = [];
  const runtime: AdapterRuntime & { readonly clock: typeof clock } = {
    instance: 'i',
    clock,
    random,
    logger: { info() {}, warn() {}, error: (_, text) => void errors.push(text) },
    notify: (notice) => void notices.push(notice.kind),
    busy: () => 0,
  };
  return { runtime, clock, notices, errors };
}

/** A partition whose messages are in its log already. */
export function intakeOf(log: PartitionLog, dueInMs = () => 0): Intake {
  return {
    log,
    take: () => Promise.resolve(),
    dueInMs,
    handOver: () => ({ handed: log.handOver(), note: undefined }),
    doubt() {},
    close: () => log.close(),
  };
}
