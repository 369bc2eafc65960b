/** Starts brokers in containers. What tests do with one is in `container-handle.ts`. */
import { Readable } from 'node:stream';
import { GenericContainer, getContainerRuntimeClient } from 'testcontainers';
import { attachBrokerContainer, hostOf, untilItSpeaks, type BrokerContainer } from './container-handle.ts';
import { freePort } from './free-port.ts';
import { holderLabels } from './holder.ts';
import { kafkaEnvironment } from './kafka-environment.ts';
import { brokers, type BrokerKind } from './kinds.ts';
import { tarOf, type ContainerFile } from './tar.ts';
import { startWatchdog } from './watchdog.ts';

export type { BrokerContainer } from './container-handle.ts';

export interface BrokerContainerOptions {
  readonly image: string;
  /** Put into the container before it starts for the first time. */
  readonly files?: readonly ContainerFile[];
  /** Ports inside the container to be published besides those of its kind. @example [5671], TLS */
  readonly ports?: readonly number[];
  readonly environment?: Readonly<Record<string, string>>;
  /** How long it may take until the broker speaks. @default 120_000 */
  readonly startTimeoutMs?: number;
}

/** Somebody else may take a port between its choice and its use. */
const tries = 3;

/**
 * Starts a container and waits until the broker speaks. It goes with this process at the latest, however that ends.
 *
 * @throws {Error} with the container's last words, when the broker does not come.
 */
export async function startBrokerContainer(
  kind: BrokerKind,
  options: BrokerContainerOptions,
): Promise<BrokerContainer> {
  startWatchdog();
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await startOnce(kind, options);
    } catch (error) {
      if (left === 0 || !/port is already allocated|address already in use/.test(String(error))) throw error;
    }
  }
}

async function startOnce(
  kind: BrokerKind,
  { image, files = [], ports = [], environment = {}, startTimeoutMs = 120_000 }: BrokerContainerOptions,
): Promise<BrokerContainer> {
  const { port, otherPorts, environment: always, command } = brokers[kind];
  const host = hostOf(await getContainerRuntimeClient());
  const bindings: { container: number; host: number }[] = [];
  for (const container of new Set([port, ...otherPorts, ...ports]))
    bindings.push({ container, host: await freePort(bindings.map((binding) => binding.host)) });
  const published = Object.fromEntries(bindings.map((binding) => [binding.container, binding.host]));

  let broker: BrokerContainer | undefined;
  const container = new LocalContainer(image)
    // Nothing here needs the helper container with which testcontainers removes others: see watchdog.ts.
    .withAutoCleanup(false)
    .withLabels(holderLabels())
    .withEnvironment({
      ...always,
      // Clients of Kafka go on to where the broker says it is.
      ...(kind === 'kafka' ? kafkaEnvironment(host, published[port] ?? port) : {}),
      ...environment,
    })
    .withExposedPorts(...bindings)
    .withCopyArchivesToContainer([{ tar: Readable.from([tarOf(files)]), target: '/' }])
    .withWaitStrategy({
      async waitUntilReady({ id }) {
        broker = await attachBrokerContainer({ id, kind, ports: published });
        await untilItSpeaks(broker, startTimeoutMs);
      },
      withStartupTimeout() {
        return this;
      },
      isStartupTimeoutSet: () => true,
      getStartupTimeout: () => startTimeoutMs,
    });
  if (command !== undefined) container.withCommand([...command]);
  await container.start();
  if (broker === undefined) throw new Error(`testcontainers did not wait for the ${kind} container`);
  return broker;
}

/** Published on this machine only: brokers of tests have well-known passwords. */
class LocalContainer extends GenericContainer {
  protected override async beforeContainerCreated(): Promise<void> {
    if (hostOf(await getContainerRuntimeClient()) !== '127.0.0.1') return;
    const bindings = Object.entries((this.hostConfig.PortBindings ?? {}) as Record<string, { HostPort: string }[]>);
    this.hostConfig.PortBindings = Object.fromEntries(
      bindings.map(([port, hosts]) => [port, hosts.map((host) => ({ ...host, HostIp: '127.0.0.1' }))]),
    );
  }
}
