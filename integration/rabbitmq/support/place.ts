import type { AdapterNotice, AdapterRuntime } from '@payments/events-core';
import { rabbitmq, type RabbitmqBroker, type RabbitmqOptions } from '@payments/events-rabbitmq';
import { onTestFinished } from 'vitest';
import type { RabbitmqServer } from '../../brokers/rabbitmq-server.ts';
import { openClient, type Client } from './client.ts';
import { within } from './deadlines.ts';
import { openNetwork, type Network } from './network.ts';
import { runtimeOf, type RuntimeOptions } from './runtime.ts';
import { openVirtualHost, type VirtualHost } from './virtual-host.ts';

/** Where one test takes place: a virtual host of its own, adapters, and a client that is none. Removed when the test is over. */
export interface Place {
  readonly host: VirtualHost;
  readonly url: string;
  /** Somebody else's program, as another user. */
  readonly client: Client;
  readonly notices: readonly AdapterNotice[];
  readonly runtime: AdapterRuntime;
  /** With the defaults, but for a short heartbeat: a dead peer is noticed while a test waits. */
  adapter(options?: Partial<RabbitmqOptions>): RabbitmqBroker;
  /** An adapter that is connected. */
  connected(options?: Partial<RabbitmqOptions>): Promise<RabbitmqBroker>;
  /** Another way to the broker than the direct one. */
  network(): Promise<Network>;
}

export interface PlaceOptions extends RuntimeOptions {
  /** @default the shared one */
  readonly server?: RabbitmqServer;
}

/** Call it in a test. */
export async function openPlace({ server, ...options }: PlaceOptions = {}): Promise<Place> {
  const host = await openVirtualHost(server);
  const { url } = host;
  const client = await openClient(host.foreignUrl);
  onTestFinished(() => client.close());
  const notices: AdapterNotice[] = [];
  const runtime = runtimeOf(notices, options);

  function adapter(options: Partial<RabbitmqOptions> = {}): RabbitmqBroker {
    const made = rabbitmq({ url, heartbeatS: 2, ...options });
    onTestFinished(() => made.close(within(1_000)));
    return made;
  }

  return {
    host,
    url,
    client,
    notices,
    runtime,
    adapter,
    async connected(options) {
      const made = adapter(options);
      await made.connect(runtime, within(20_000));
      return made;
    },
    network: () => openNetwork(host),
  };
}
