/** Kafka for tests and benchmarks: somebody's, by EVENTS_KAFKA_URL, or one node in a container. */
import { brokerOfRun, ownBroker, type OwnBrokerOptions } from './broker-of-run.ts';
import type { BrokerContainer } from './container-handle.ts';
import { soonBack } from './kafka-environment.ts';

export interface KafkaServer {
  /** As `kafka({ url })` takes it. Of a container, whoever comes this way may do everything: `kafka://127.0.0.1:20123`. */
  readonly url: string;
  /** The first server of the URL. It also says, to whoever asks, where it is to be reached. */
  readonly host: string;
  readonly port: number;
  /** Undefined where the broker was given by its URL. The shared one belongs to all suites: look, but do not break it. */
  readonly container: BrokerContainer | undefined;
}

/** A Kafka that its suite may stop, kill, fill and reconfigure. */
export interface OwnKafkaServer extends KafkaServer {
  readonly container: BrokerContainer;
}

/**
 * The Kafka of this run. Take a prefix of your own for topics, groups and users, and delete your topics, in one call: each
 * partition that is left makes it slower for all.
 *
 * @throws {Error} that says what is missing, where there is none.
 */
export async function kafkaServer(): Promise<KafkaServer> {
  const { url, container } = await brokerOfRun('kafka');
  return container === undefined ? serverAt(url) : serverIn(container);
}

/**
 * A Kafka in a container of its own, for suites that break the broker. Remove it with `container.remove()`.
 *
 * @throws {Error} that says what is missing, where no container can be had.
 */
export async function ownKafkaServer({ environment, ...options }: OwnBrokerOptions = {}): Promise<OwnKafkaServer> {
  return serverIn(await ownBroker('kafka', { ...options, environment: { ...soonBack, ...environment } }));
}

function serverAt(url: string): KafkaServer {
  // `URL` knows one server.
  const first = url.replace(/^(kafka:\/\/(?:[^@/]*@)?[^,/]*).*$/, '$1');
  const { hostname, port } = new URL(first);
  return { url, host: hostname, port: Number(port) || 9092, container: undefined };
}

function serverIn(container: BrokerContainer): OwnKafkaServer {
  const { host, port } = container;
  return { url: `kafka://${host}:${port}`, host, port, container };
}
