/** Starts brokers in containers. What tests do with one is in `container-handle.ts`. */
import { Readable } from 'node:stream';
import { GenericContainer, getContainerRuntimeClient, type WaitStrategy } from 'testcontainers';
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
  /** A container whose network this one shares; it publishes what is to be published. */
  readonly inside?: NetworkContainer;
  /** How long it may take until the broker speaks. @default 120_000 */
  readonly startTimeoutMs?: number;
}

/** Holds the network of several containers, whatever becomes of them. */
export interface NetworkContainer {
  readonly id: string;
  readonly host: string;
  /** Ports inside, and where each is published. */
  readonly ports: Readonly<Record<number, number>>;
  /** For good. */
  remove(): Promise<void>;
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

async function startOnce(kind: BrokerKind, options: BrokerContainerOptions): Promise<BrokerContainer> {
  const { image, files = [], ports = [], environment = {}, inside, startTimeoutMs = 120_000 } = options;
  const { port, otherPorts, environment: always, command } = brokers[kind];
  const host = hostOf(await getContainerRuntimeClient());
  const published = inside?.ports ?? (await choosePorts([port, ...otherPorts, ...ports]));

  let broker: BrokerContainer | undefined;
  const container = localContainer(image)
    .withEnvironment({
      ...always,
      // Clients of Kafka go on to where the broker says it is.
      ...(kind === 'kafka' ? kafkaEnvironment(host, published) : {}),
      ...environment,
    })
    .withCopyArchivesToContainer([{ tar: Readable.from([tarOf(files)]), target: '/' }])
    .withWaitStrategy(
      waitStrategy(startTimeoutMs, async (id) => {
        broker = await attachBrokerContainer({ id, kind, ports: published });
        await untilItSpeaks(broker, startTimeoutMs);
      }),
    );
  if (inside === undefined) container.withExposedPorts(...bindingsOf(published));
  else container.withNetworkMode(`container:${inside.id}`);
  if (command !== undefined) container.withCommand([...command]);
  await container.start();
  if (broker === undefined) throw new Error(`testcontainers did not wait for the ${kind} container`);
  return broker;
}

/** Nothing runs in it. Publishes so many ports from `firstPort` on. */
export async function startNetworkContainer(
  image: string,
  { firstPort, count }: { readonly firstPort: number; readonly count: number },
): Promise<NetworkContainer> {
  startWatchdog();
  const ports = await choosePorts(Array.from({ length: count }, (_, n) => firstPort + n));
  const container = await localContainer(image)
    .withExposedPorts(...bindingsOf(ports))
    .withCommand(['sleep', 'infinity'])
    .withWaitStrategy(waitStrategy(30_000, async () => {}))
    .start();
  const host = hostOf(await getContainerRuntimeClient());
  return { id: container.getId(), host, ports, remove: async () => void (await container.stop({ timeout: 0 })) };
}

async function choosePorts(inside: readonly number[]): Promise<Readonly<Record<number, number>>> {
  const chosen: Record<number, number> = {};
  for (const port of new Set(inside)) chosen[port] = await freePort(Object.values(chosen));
  return chosen;
}

function bindingsOf(ports: Readonly<Record<number, number>>): { container: number; host: number }[] {
  return Object.entries(ports).map(([container, host]) => ({ container: Number(container), host }));
}

function localContainer(image: string): GenericContainer {
  // Nothing here needs the helper container with which testcontainers removes others: see watchdog.ts.
  return new LocalContainer(image).withAutoCleanup(false).withLabels(holderLabels());
}

function waitStrategy(timeoutMs: number, ready: (id: string) => Promise<void>): WaitStrategy {
  const strategy: WaitStrategy = {
    waitUntilReady: ({ id }) => ready(id),
    withStartupTimeout: () => strategy,
    isStartupTimeoutSet: () => true,
    getStartupTimeout: () => timeoutMs,
  };
  return strategy;
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
