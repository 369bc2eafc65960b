/** A broker in a container, which tests may stop, kill and pause. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { getContainerRuntimeClient, type ContainerRuntimeClient } from 'testcontainers';
import { lastLines } from './docker.ts';
import { brokers, type BrokerKind } from './kinds.ts';
import { speaks } from './ready.ts';
import { tarOf, type ContainerFile } from './tar.ts';

export interface BrokerContainer {
  readonly id: string;
  readonly kind: BrokerKind;
  readonly host: string;
  /** The broker's own protocol. The same after stop, kill and start, as is every other published port. */
  readonly port: number;
  /** Where a port of the container is published. @throws {RangeError} when it is not. */
  hostPort(containerPort: number): number;
  /**
   * Runs a command inside, as root, and resolves to its standard output.
   *
   * @throws {Error} with output and exit code, when that is not 0.
   */
  exec(command: readonly string[]): Promise<string>;
  /** Writes files into the container, also while it is stopped. */
  copyIn(files: readonly ContainerFile[]): Promise<void>;
  /** The last of what it printed. */
  logs(): Promise<string>;
  /** Ends the broker the way an operator does, and resolves when it has ended. Its data stay. */
  stop(): Promise<void>;
  /** Starts it after `stop` or `kill`, and resolves when it accepts connections again. */
  start(): Promise<void>;
  /** SIGKILL. Resolves when it is dead. Its data stay. */
  kill(): Promise<void>;
  /** Freezes every process in it; connections stay open and say nothing. */
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** For good, with its data. May be called in every state, and twice. */
  remove(): Promise<void>;
}

/** What another process needs to know of a container to handle it. May be sent as JSON. */
export interface ContainerAddress {
  readonly id: string;
  readonly kind: BrokerKind;
  /** Ports inside, and where each is published. */
  readonly ports: Readonly<Record<number, number>>;
}

const stopTimeoutS = 60;
const startTimeoutMs = 120_000;
const freezeTries = 5;

/** The handle of a container that runs already, in this process or another. */
export async function attachBrokerContainer({ id, kind, ports }: ContainerAddress): Promise<BrokerContainer> {
  const client = await getContainerRuntimeClient();
  const container = client.container.getById(id);
  const hostPort = (inside: number): number => {
    const port = ports[inside];
    if (port === undefined) throw new RangeError(`port ${inside} of the ${kind} container is not published`);
    return port;
  };
  const broker: BrokerContainer = {
    id,
    kind,
    host: hostOf(client),
    port: hostPort(brokers[kind].port),
    hostPort,
    async exec(command) {
      const { stdout, output, exitCode } = await client.container.exec(container, [...command]);
      if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}: ${lastLines(output, 50)}`);
      return stdout;
    },
    copyIn: (files) => client.container.putArchive(container, Readable.from([tarOf(files)]), '/'),
    async logs() {
      const bytes = await container.logs({ stdout: true, stderr: true, tail: 200 });
      // Without a terminal each piece has a header of eight bytes.
      // oxlint-disable-next-line no-control-regex
      return bytes.toString('utf8').replaceAll(/[\x00-\x02]\0\0\0[\s\S]{4}/g, '');
    },
    stop: () => container.stop({ t: stopTimeoutS }),
    async start() {
      await container.start();
      await untilItSpeaks(broker, startTimeoutMs);
    },
    async kill() {
      const dead = container.wait({ condition: 'not-running' });
      await container.kill({ signal: 'SIGKILL' });
      await dead;
    },
    async pause() {
      for (let tries = 1; ; tries += 1) {
        try {
          return await container.pause();
        } catch (error) {
          // The engine gives up on processes that were busy for half a second.
          if (tries === freezeTries || !String(error).includes('unable to freeze')) throw error;
        }
      }
    },
    unpause: () => container.unpause(),
    async remove() {
      try {
        await container.remove({ force: true, v: true });
      } catch (error) {
        // It is gone, or somebody else is removing it.
        if (![404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
      }
    },
  };
  return broker;
}

/** @throws {Error} with the container's last words, when it ends or the time is over. */
export async function untilItSpeaks(broker: BrokerContainer, timeoutMs: number): Promise<void> {
  const client = await getContainerRuntimeClient();
  const container = client.container.getById(broker.id);
  const dueAt = performance.now() + timeoutMs;
  while (!(await speaks(broker.kind, broker.host, broker.port))) {
    const { State: state } = await client.container.inspect(container);
    const late = performance.now() > dueAt;
    if (!state.Running || late) {
      const how = state.Running ? `does not answer after ${timeoutMs} ms` : `ended with ${state.ExitCode}`;
      throw new Error(`the ${broker.kind} container ${how}. It said last:\n${lastLines(await broker.logs(), 40)}`);
    }
    await sleep(100);
  }
}

/** Where the engine publishes ports. `localhost` may mean an address that nothing is published at. */
export function hostOf({ info }: ContainerRuntimeClient): string {
  const { host } = info.containerRuntime;
  return host === 'localhost' ? '127.0.0.1' : host;
}
