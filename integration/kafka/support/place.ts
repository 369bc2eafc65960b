import { systemClock, type AdapterNotice, type AdapterRuntime, type BrokerAdapter } from '@payments/events-core';
import { kafka, type KafkaOptions } from '@payments/events-kafka';
import { randomUUID } from 'node:crypto';
import type { Consumer, KafkaMessage } from 'kafkajs';
import { onTestFinished } from 'vitest';
import { openTcpProxy, type TcpProxy, type TcpProxyOptions } from '../../faults/tcp-proxy.ts';
import type { KafkaServer } from '../../brokers/kafka-server.ts';
import { openNamespace, plainKafka, type Namespace } from './namespace.ts';

/** Where one test takes place: topics of its own, adapters, and a client that is none. Removed when the test is over. */
export interface Place extends Namespace {
  readonly notices: readonly AdapterNotice[];
  readonly runtime: AdapterRuntime;
  /** With the defaults, but for short patience: what is dead is noticed while a test waits. */
  adapter(options?: Partial<KafkaOptions>): BrokerAdapter;
  /** An adapter that is connected. */
  connected(options?: Partial<KafkaOptions>): Promise<BrokerAdapter>;
  /** Another way to the broker than the direct one, also after the broker has said where it is. */
  network(sieve?: TcpProxyOptions['sieve']): Promise<Network>;
  /** All that lies in a topic, whose name is given without the prefix, partition by partition. */
  read(topic: string): Promise<readonly StoredRecord[]>;
}

interface Network {
  readonly proxy: TcpProxy;
  /** For an adapter that takes this way. */
  readonly options: Pick<KafkaOptions, 'url' | 'addressOf'>;
}

export interface StoredRecord extends Pick<KafkaMessage, 'key' | 'value' | 'headers' | 'timestamp'> {
  readonly partition: number;
  readonly offset: number;
}

/** Call it in a test. */
export async function openPlace(server?: KafkaServer): Promise<Place> {
  const namespace = await openNamespace(server);
  const { prefix, admin } = namespace;
  const { url, host, port } = namespace.server;
  const notices: AdapterNotice[] = [];
  const runtime: AdapterRuntime = {
    instance: `test-${randomUUID().slice(0, 8)}`,
    clock: systemClock,
    random: Math.random,
    logger: { info() {}, warn() {}, error() {} },
    notify: (notice) => void notices.push(notice),
    busy: () => 0,
  };

  function adapter(options: Partial<KafkaOptions> = {}): BrokerAdapter {
    const made = kafka({ url, topicPrefix: prefix, requestTimeoutMs: 2_000, ...options });
    onTestFinished(() => made.close({ signal: AbortSignal.timeout(1_000) }));
    return made;
  }

  return {
    ...namespace,
    notices,
    runtime,
    adapter,
    async connected(options) {
      const made = adapter(options);
      await made.connect(runtime, { signal: AbortSignal.timeout(20_000) });
      return made;
    },
    async network(sieve) {
      const proxy = await openTcpProxy({ target: { host, port }, ...(sieve === undefined ? {} : { sieve }) });
      onTestFinished(() => proxy.close());
      const near = { host: '127.0.0.1', port: proxy.port };
      return { proxy, options: { url: `kafka://127.0.0.1:${proxy.port}`, addressOf: () => near } };
    },
    async read(topic) {
      const name = `${prefix}${topic}`;
      const ends = await admin.fetchTopicOffsets(name);
      const expected = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
      const consumer = plainKafka(url).consumer({ groupId: `${prefix}reader-${randomUUID()}`, maxWaitTimeInMs: 100 });
      try {
        return expected === 0 ? [] : await readAll(consumer, name, expected);
      } finally {
        await consumer.disconnect();
      }
    },
  };
}

async function readAll(consumer: Consumer, topic: string, expected: number): Promise<readonly StoredRecord[]> {
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const records: StoredRecord[] = [];
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ partition, message }: { partition: number; message: KafkaMessage }) => {
      const { key, value, headers, timestamp } = message;
      records.push({
        key,
        value,
        ...(headers === undefined ? {} : { headers }),
        timestamp,
        partition,
        offset: Number(message.offset),
      });
      if (records.length === expected) resolve();
    };
    consumer.run({ autoCommit: false, eachMessage }).catch(reject);
  });
  return records.toSorted((one, other) => one.partition - other.partition || one.offset - other.offset);
}
