import { systemClock, type Clock } from '@payments/events-core';
import type { ProducerConfig, ProducerRecord, RecordMetadata } from 'kafkajs';
import type { Client } from '../connection/client.ts';
import { settingsOf } from '../options.ts';
import { createLanes } from './lanes.ts';
import type { Failure, Posting } from './posting.ts';
import { TopicMissing, type Topics } from './topics.ts';

/** What the client was asked to send, and has not answered. */
export interface FakeSend {
  readonly topic: string;
  readonly partition: number;
  readonly values: readonly string[];
  /** Which instance of the client, in the order in which they were made. */
  readonly instance: number;
  store(): void;
  answer(rows: readonly Partial<RecordMetadata>[]): void;
  fail(error: unknown): void;
}

interface FakeInstance {
  connect(): Promise<void>;
  cut: string | undefined;
  destroyed: string | undefined;
  left: boolean;
}

/** Kafka's own no, as the client wraps it. */
export function answered(type: string): Error {
  const root = Object.assign(new Error(`Kafka says ${type}`), { name: 'KafkaJSProtocolError', type, retriable: false });
  return Object.assign(new Error(root.message, { cause: root }), { name: 'KafkaJSNonRetriableError' });
}

export function ended(name: string, text = 'the connection ended'): Error {
  return Object.assign(new Error('wrapped', { cause: Object.assign(new Error(text), { name }) }), {
    name: 'KafkaJSNumberOfRetriesExceeded',
  });
}

export function fakeKafka({ partitions = 1, clock = systemClock }: { partitions?: number; clock?: Clock } = {}) {
  const sends: FakeSend[] = [];
  const instances: FakeInstance[] = [];
  const offsets = new Map<string, number>();
  const topics = new Map<string, number>([['t', partitions]]);
  const asked: string[] = [];
  /** What the client does with each send. */
  let react = (send: FakeSend): void => send.store();
  let connect = (): Promise<void> => Promise.resolve();
  let configuration: ProducerConfig | undefined;

  function client(): Client {
    const instance: FakeInstance = { connect, cut: undefined, destroyed: undefined, left: false };
    const number = instances.push(instance) - 1;
    const producer = {
      connect: () => instance.connect(),
      send: (record: ProducerRecord) => send(record, number),
      disconnect: () => Promise.resolve((instance.left = true)),
    };
    const make = (config: ProducerConfig) => {
      configuration = config;
      return producer;
    };
    return {
      kafka: { producer: make } as unknown as Client['kafka'],
      groupForbidden: false,
      cut: (why) => (instance.cut = why.message),
      destroy: (why) => (instance.destroyed ??= why.message),
    };
  }

  function send({ topic, messages }: ProducerRecord, instance: number): Promise<RecordMetadata[]> {
    const { promise, resolve, reject } = Promise.withResolvers<RecordMetadata[]>();
    const partition = messages[0]?.partition ?? -1;
    const values = messages.map(({ value }) => String(value));
    const lane = `${topic}/${partition}`;
    const one: FakeSend = {
      topic,
      partition,
      values,
      instance,
      store() {
        const baseOffset = offsets.get(lane) ?? 0;
        offsets.set(lane, baseOffset + values.length);
        one.answer([{ topicName: topic, partition, errorCode: 0, baseOffset: String(baseOffset) }]);
      },
      answer: (rows) => resolve(rows as RecordMetadata[]),
      fail: reject,
    };
    sends.push(one);
    react(one);
    return promise;
  }

  const known = new Set<string>();
  const fakeTopics: Topics = {
    ensure(wanted) {
      for (const { topic, partitions: count } of wanted) topics.set(topic, count);
      return Promise.resolve();
    },
    partitionsOf(topic) {
      asked.push(topic);
      const found = topics.get(topic);
      if (found === undefined) return Promise.reject(new TopicMissing(topic));
      known.add(topic);
      return Promise.resolve(found);
    },
    knownPartitionsOf: (topic) => (known.has(topic) ? topics.get(topic) : undefined),
    list: () => Promise.resolve([...topics.keys()]),
    forget: (topic) => void known.delete(topic),
  };

  const settings = { ...settingsOf({ url: 'kafka://localhost' }), requestTimeoutMs: 1_000, partitions: 3 };
  const runtime = { clock, random: () => 0 };
  return {
    sends,
    instances,
    topics,
    /** Which topics' partitions were asked for. */
    asked,
    fakeTopics,
    react: (next: typeof react) => (react = next),
    connectBy: (next: typeof connect) => (connect = next),
    get configuration() {
      return configuration;
    },
    lanes: () => createLanes({ settings, runtime, topics: fakeTopics, client, progressed: () => {} }),
  };
}

export class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.said);
    this.failure = failure;
  }
}

type Chosen = Partial<Pick<Posting, 'topic' | 'creates' | 'partition' | 'by' | 'bytes' | 'signal'>>;

/** Resolves with `<partition>/<offset>`. @throws {Refused} */
export function post(lanes: { post(posting: Posting): void }, value: string, chosen: Chosen = {}): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  lanes.post({
    topic: 't',
    creates: true,
    partition: undefined,
    by: value,
    record: { key: null, value: Buffer.from(value), headers: {} },
    bytes: value.length,
    signal: never,
    ...chosen,
    stored: (partition, offset) => resolve(`${partition}/${offset}`),
    failed: (failure) => reject(new Refused(failure)),
    stage: 'waiting',
    list: undefined,
    previous: undefined,
    next: undefined,
  });
  return promise;
}

export const never = new AbortController().signal;
