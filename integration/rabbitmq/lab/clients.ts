import type { BrokerAdapter } from '@payments/events-core';
import type { Link } from '@payments/events-contract-tests';
import type { Target } from '../../faults/proxied-connection.ts';
import { openTcpProxy, type TcpProxy } from '../../faults/tcp-proxy.ts';
import { acknowledgementSieve, type LostAcknowledgements } from './acknowledgement-sieve.ts';

/** The network between one client of the lab and the broker. */
export interface ClientNetwork {
  readonly proxy: TcpProxy;
  readonly lost: LostAcknowledgements;
}

/** Each client of a lab has a network of its own, so that each can be cut off, killed and paused alone. */
export interface Clients {
  /** A client by the port at which it reaches the broker. */
  make(client: (port: number) => BrokerAdapter): BrokerAdapter;
  networkOf(adapter: BrokerAdapter): ClientNetwork;
  /** Of one client, or of all there are when a fault is asked for. */
  link(adapter?: BrokerAdapter): Link;
  /** When any of them tried to connect, oldest first. */
  attempts(): readonly number[];
  close(): Promise<void>;
}

/** A connection whose confirm was lost dies this much later: nothing of a stream arrives behind a hole. */
const dyingMs = 600;
/** To open a port takes a turn of the event loop, and a lab is asked for clients within one: so many are ready. */
const ready = 12;

async function openNetwork(target: Target): Promise<ClientNetwork> {
  const lost: LostAcknowledgements = { left: 0 };
  const proxy = await openTcpProxy({
    target,
    sieve: (connection) => acknowledgementSieve(lost, () => setTimeout(() => connection.reset(), dyingMs).unref()),
  });
  return { proxy, lost };
}

export async function openClients(target: Target): Promise<Clients> {
  const networks = new Map<BrokerAdapter, ClientNetwork>();
  const waiting = await Promise.all(Array.from({ length: ready }, () => openNetwork(target)));
  const refilling = new Set<Promise<void>>();

  function take(): ClientNetwork {
    const network = waiting.shift();
    if (network === undefined) throw new Error(`more than ${ready} clients were made at once`);
    const refill: Promise<void> = openNetwork(target).then((next) => {
      waiting.push(next);
      refilling.delete(refill);
    });
    refilling.add(refill);
    return network;
  }

  function networkOf(adapter: BrokerAdapter): ClientNetwork {
    const network = networks.get(adapter);
    if (network === undefined) throw new Error('this adapter was not made by this lab');
    return network;
  }

  function link(adapter?: BrokerAdapter): Link {
    const onEach = async (act: (proxy: TcpProxy) => Promise<void>) => {
      const chosen = adapter === undefined ? [...networks.values()] : [networkOf(adapter)];
      await Promise.all(chosen.map(({ proxy }) => act(proxy)));
    };
    return {
      latency: (ms) => onEach((proxy) => proxy.latency(ms)),
      rate: (bytesPerSecond) => onEach((proxy) => proxy.rate(bytesPerSecond)),
      oneByteSlices: () => onEach((proxy) => proxy.oneByteSlices()),
      silence: (direction) => onEach((proxy) => proxy.silence(direction)),
      reset: () => onEach((proxy) => proxy.reset()),
      refuse: () => onEach((proxy) => proxy.refuse()),
      cutAfter: (bytes) => onEach((proxy) => proxy.cutAfter(bytes)),
      heal: () => onEach((proxy) => proxy.heal()),
    };
  }

  return {
    make(client) {
      const network = take();
      const adapter = client(network.proxy.port);
      networks.set(adapter, network);
      return adapter;
    },
    networkOf,
    link,
    attempts: () => [...networks.values()].flatMap(({ proxy }) => proxy.attempts).toSorted((one, other) => one - other),
    async close() {
      await Promise.all(refilling);
      await Promise.all([...networks.values(), ...waiting].map(({ proxy }) => proxy.close()));
    },
  };
}
