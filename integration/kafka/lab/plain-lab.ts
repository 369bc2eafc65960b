import type { BrokerAdapter } from '@payments/events-core';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { openClients, type ClientNetwork, type Clients } from '../../faults/clients.ts';
import { array, int32, int64, string } from './bytes.ts';
import { untilCoordinated } from './groups.ts';
import type { LabServer } from './lab-server.ts';
import { produceSieve } from './produce-sieve.ts';
import { openTenant, type Tenant } from './tenant.ts';
import { listOffsets, partitionsOf } from './topics.ts';
import { ask, must } from './wire.ts';

/** A lab without an adapter, for tests of the kit itself: clients are plain kafkajs, each through a network of its own. */
export interface PlainLab {
  readonly tenant: Tenant;
  readonly clients: Clients;
  client(): Promise<PlainClient>;
  /** Creates topics, each with as many partitions, and waits until they can be written. Names without the prefix. */
  create(topics: Readonly<Record<string, number>>): Promise<void>;
  /** What a member of a group commits, without being one. */
  commit(
    group: string,
    at: { readonly topic: string; readonly offset: number; readonly metadata?: string },
  ): Promise<void>;
  close(): Promise<void>;
}

interface PlainClient {
  readonly kafka: Kafka;
  readonly producer: Producer;
  /** What the fault kit knows it by. */
  readonly adapter: BrokerAdapter;
  readonly network: ClientNetwork;
  /** Resolves to `stored`, or to why not. Into partition 0; the id is the header by which the probe finds it. */
  send(topic: string, id: string, more?: { readonly value?: string; readonly partition?: number }): Promise<string>;
}

export async function openPlainLab(server: LabServer): Promise<PlainLab> {
  const { doors } = server;
  const tenant = await openTenant(server, `kit-${randomUUID()}`);
  const { topicPrefix, username, password } = tenant;
  const clients = await openClients(doors.login, produceSieve);
  const producers: Producer[] = [];

  return {
    tenant,
    clients,
    async client() {
      let port = 0;
      const adapter = clients.make((at) => {
        port = at;
        return {} as BrokerAdapter;
      });
      const kafka = new Kafka({
        brokers: [`127.0.0.1:${port}`],
        sasl: { mechanism: 'scram-sha-256', username, password },
        socketFactory: ({ onConnect }) => connect({ host: '127.0.0.1', port }, onConnect),
        logLevel: logLevel.NOTHING,
        requestTimeout: 3_000,
        retry: { retries: 0 },
      });
      const producer = kafka.producer({
        allowAutoTopicCreation: false,
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? 0,
      });
      producers.push(producer);
      await producer.connect();

      return {
        kafka,
        producer,
        adapter,
        network: clients.networkOf(adapter),
        async send(topic, id, { value = '{}', partition = 0 } = {}) {
          const headers = { 'event-id': id, 'event-type': 'a.b.c' };
          try {
            await producer.send({ topic: `${topicPrefix}${topic}`, messages: [{ value, partition, headers }] });
            return 'stored';
          } catch (error) {
            return rootOf(error);
          }
        },
      };
    },
    async create(topics) {
      const admin = new Kafka({
        brokers: [`${doors.admin.host}:${doors.admin.port}`],
        logLevel: logLevel.NOTHING,
      }).admin();
      await admin.connect();
      const wanted = Object.entries(topics).map(([name, numPartitions]) => ({
        topic: `${topicPrefix}${name}`,
        numPartitions,
      }));
      await admin.createTopics({ topics: wanted, waitForLeaders: false });
      await admin.disconnect();
      // Whoever is asked too early is not the leader yet, and is asked again.
      await listOffsets(doors.admin, 'end', partitionsOf(new Map(wanted.map((one) => [one.topic, one.numPartitions]))));
    },
    async commit(group, { topic, offset, metadata = '' }) {
      await untilCoordinated(doors.admin, group);
      const entry = Buffer.concat([int32(0), int64(offset), string(metadata)]);
      const topics = array([topic], (name) =>
        Buffer.concat([string(`${topicPrefix}${name}`), array([entry], (one) => one)]),
      );
      const body = Buffer.concat([string(group), int32(-1), string(''), int64(-1), topics]);
      await ask(doors.admin, { api: 8, version: 2, body }, (answer) => {
        answer.array(() => [
          answer.string(),
          answer.array(() => {
            answer.int32();
            must('a commit', answer.int16());
          }),
        ]);
      });
    },
    async close() {
      await Promise.allSettled(producers.map((producer) => producer.disconnect()));
      await clients.close();
      await tenant.remove();
    },
  };
}

/** The error's own word for it, under all that the client has put around it. */
function rootOf(error: unknown): string {
  const { cause, type, message } = error as {
    readonly cause?: unknown;
    readonly type?: string;
    readonly message: string;
  };
  return cause === undefined || cause === null ? (type ?? message) : rootOf(cause);
}
