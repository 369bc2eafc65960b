/** RabbitMQ for tests and benchmarks: somebody's, by EVENTS_RABBITMQ_URL, or a container. */
import { brokerOfRun, ownBroker, type OwnBrokerOptions } from './broker-of-run.ts';
import type { BrokerContainer } from './container-handle.ts';
import { rabbitmqManagementPort } from './kinds.ts';

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

/**
 * The RabbitMQ of this run. Take a virtual host, or names, of your own.
 *
 * @throws {Error} that says what is missing, where there is none.
 */
export async function rabbitmqServer(): Promise<RabbitmqServer> {
  const { url, container } = await brokerOfRun('rabbitmq');
  return container === undefined ? serverAt(url) : serverIn(container);
}

/**
 * A RabbitMQ in a container of its own, for suites that break the broker. Remove it with `container.remove()`.
 *
 * @throws {Error} that says what is missing, where no container can be had.
 */
export async function ownRabbitmqServer(options: OwnBrokerOptions = {}): Promise<OwnRabbitmqServer> {
  return serverIn(await ownBroker('rabbitmq', options));
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
