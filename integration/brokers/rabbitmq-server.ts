/** RabbitMQ for tests and benchmarks: somebody's, by EVENTS_RABBITMQ_URL, or a container. */
import { startBrokerContainer, type BrokerContainer, type BrokerContainerOptions } from './broker-container.ts';
import { attachBrokerContainer, type ContainerAddress } from './container-handle.ts';
import { rabbitmqManagementPort } from './kinds.ts';
import { prepareBroker, prepareImage, sentenceOf, type PreparedImage } from './setup.ts';

export interface RabbitmqServer {
  /** With credentials of an administrator, and without a path: `amqp://guest:guest@127.0.0.1:20123`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Where the HTTP API listens, without credentials, as `fetch` wants it; undefined where it is not known. */
  readonly managementUrl: string | undefined;
  /** Undefined where the broker was given by its URL. The shared one belongs to all suites: look, but do not break it. */
  readonly container: BrokerContainer | undefined;
}

/** A RabbitMQ that its suite may stop, kill, fill and reconfigure. */
export interface OwnRabbitmqServer extends RabbitmqServer {
  readonly managementUrl: string;
  readonly container: BrokerContainer;
}

/** What the main process of vitest tells its workers. */
interface ProvidedRabbitmq {
  readonly shared: { readonly url: string } | { readonly container: ContainerAddress };
  /** For containers of their own. */
  readonly image: PreparedImage;
}

declare module 'vitest' {
  interface ProvidedContext {
    rabbitmq: ProvidedRabbitmq;
  }
}

let shared: Promise<RabbitmqServer> | undefined;

/**
 * The RabbitMQ of this run: one for all suites of a vitest run, one per process elsewhere. Take a virtual host, or names,
 * of your own.
 *
 * @throws {Error} that says what is missing, where there is none.
 */
export function rabbitmqServer(): Promise<RabbitmqServer> {
  shared ??= find();
  return shared;
}

async function find(): Promise<RabbitmqServer> {
  const provided = (await fromVitest())?.shared;
  if (provided === undefined) {
    const broker = await prepareBroker('rabbitmq');
    if (broker.way === 'url') return serverAt(broker.url);
    if (broker.way === 'none') throw new Error(sentenceOf(broker));
    return serverIn(await startBrokerContainer('rabbitmq', { image: broker.image }));
  }
  return 'url' in provided ? serverAt(provided.url) : serverIn(await attachBrokerContainer(provided.container));
}

/**
 * A RabbitMQ in a container of its own, for suites that break the broker. Remove it with `container.remove()`. With
 * EVENTS_RABBITMQ_URL too: nobody's broker is broken.
 *
 * @throws {Error} that says what is missing, where no container can be had.
 */
export async function ownRabbitmqServer(
  options: Omit<BrokerContainerOptions, 'image'> = {},
): Promise<OwnRabbitmqServer> {
  const broker = (await fromVitest())?.image ?? (await prepareImage('rabbitmq'));
  if (broker.way === 'none') throw new Error(`${sentenceOf(broker)}. A suite that breaks its broker needs a container`);
  return serverIn(await startBrokerContainer('rabbitmq', { ...options, image: broker.image }));
}

/** Undefined outside of the broker suites: in a program, or in another project's tests. */
async function fromVitest(): Promise<ProvidedRabbitmq | undefined> {
  if (process.env['VITEST'] === undefined) return undefined;
  try {
    const { inject } = await import('vitest');
    return inject('rabbitmq') as ProvidedRabbitmq | undefined;
  } catch {
    // A program that a suite has started inherits its environment, and vitest refuses to be imported there.
    return undefined;
  }
}

function serverAt(url: string): RabbitmqServer {
  const { hostname, port, protocol } = new URL(url);
  return {
    url: url.replace(/\/$/, ''),
    host: hostname,
    port: Number(port) || (protocol === 'amqps:' ? 5671 : 5672),
    managementUrl: process.env['EVENTS_RABBITMQ_MANAGEMENT_URL'],
    container: undefined,
  };
}

function serverIn(container: BrokerContainer): OwnRabbitmqServer {
  const { host, port } = container;
  return {
    url: `amqp://guest:guest@${host}:${port}`,
    host,
    port,
    managementUrl: `http://${host}:${container.hostPort(rabbitmqManagementPort)}`,
    container,
  };
}
