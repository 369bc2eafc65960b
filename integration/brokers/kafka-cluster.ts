/** Three Kafka nodes for tests: leaders move, and one may go while the others go on. */
import { startBrokerContainer, startNetworkContainer, type BrokerContainer } from './broker-container.ts';
import { imageForOwn } from './broker-of-run.ts';
import { everyNode, soonBack } from './kafka-environment.ts';
import { brokers } from './kinds.ts';

export interface KafkaCluster {
  /** Of all nodes, as `kafka({ url })` takes it. */
  readonly url: string;
  /** By its id in Kafka's metadata: 1, 2 or 3. To be paused, or looked into. @throws {RangeError} for another */
  node(id: number): BrokerContainer;
  stopNode(id: number): Promise<void>;
  killNode(id: number): Promise<void>;
  /** After `stopNode` or `killNode`: resolves when it accepts connections again, and is following soon after. */
  startNode(id: number): Promise<void>;
  remove(): Promise<void>;
}

const ids = [1, 2, 3] as const;
const clientPort = 9100;
const insidePort = 9110;
const controllerPort = 9120;

/**
 * Every topic has a copy on each node, and what two of them have is durable. All nodes share the network of a fourth
 * container, so that each keeps its address whatever happens to the others.
 *
 * @throws {Error} that says what is missing, where no container can be had.
 */
export async function startKafkaCluster(): Promise<KafkaCluster> {
  const image = await imageForOwn('kafka');
  const network = await startNetworkContainer(image, { firstPort: clientPort + 1, count: ids.length });
  const portOf = (id: number) => network.ports[clientPort + id] ?? 0;

  const started = await Promise.allSettled(
    ids.map((id) =>
      startBrokerContainer('kafka', {
        image,
        inside: { ...network, ports: { [brokers.kafka.port]: portOf(id) } },
        environment: nodeEnvironment(id, `${network.host}:${portOf(id)}`),
      }),
    ),
  );
  const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));

  async function remove(): Promise<void> {
    await Promise.all(nodes.map((node) => node.remove()));
    await network.remove();
  }
  for (const one of started) {
    if (one.status === 'fulfilled') continue;
    await remove();
    throw one.reason;
  }

  function node(id: number): BrokerContainer {
    const found = nodes[id - 1];
    if (found === undefined) throw new RangeError(`there is no node ${id}`);
    return found;
  }
  return {
    url: `kafka://${ids.map((id) => `${network.host}:${portOf(id)}`).join()}`,
    node,
    stopNode: (id) => node(id).stop(),
    killNode: (id) => node(id).kill(),
    startNode: (id) => node(id).start(),
    remove,
  };
}

function nodeEnvironment(id: number, publishedAt: string): Readonly<Record<string, string>> {
  return {
    ...everyNode,
    ...soonBack,
    KAFKA_NODE_ID: String(id),
    KAFKA_LISTENERS: `PLAINTEXT://:${clientPort + id},INSIDE://:${insidePort + id},CONTROLLER://:${controllerPort + id}`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${publishedAt},INSIDE://localhost:${insidePort + id}`,
    KAFKA_CONTROLLER_QUORUM_VOTERS: ids.map((one) => `${one}@localhost:${controllerPort + one}`).join(),
    KAFKA_DEFAULT_REPLICATION_FACTOR: '3',
    KAFKA_MIN_INSYNC_REPLICAS: '2',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '3',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '3',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '2',
  };
}
