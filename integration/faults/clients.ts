import type { BrokerAdapter } from '@payments/events-core';
import type { BrokerFaults, Link } from '@payments/events-contract-tests';
import type { Sieve, Target } from './proxied-connection.ts';
import { openTcpProxy, type SievedConnection, type TcpProxy } from './tcp-proxy.ts';

/** How many of the broker's next answers to publishing get lost, on whatever connection they come. */
export interface LostReplies {
  left: number;
}

/**
 * Knows one broker's answers to publishing, on one connection. Where one is to be lost the stream ends for the client, as at a
 * network that dies just then; it counts it, and calls `onLoss`.
 */
export type SendReplySieve = (lost: LostReplies, onLoss: () => void, connection: SievedConnection) => Sieve;

/** The network between one client of the lab and the broker. */
export interface ClientNetwork {
  readonly proxy: TcpProxy;
  readonly lost: LostReplies;
}

/** Of the fault kit, all that needs nothing but a client's network. */
interface ClientFaults extends Pick<BrokerFaults, 'link' | 'killProcess'> {
  pauseProcess(adapter: BrokerAdapter): Promise<void>;
  unpauseProcess(adapter: BrokerAdapter): Promise<void>;
  loseSendReplies(adapter: BrokerAdapter, count: number): Promise<void>;
}

/** Each client of a lab has a network of its own, so that each can be cut off, killed and paused alone. */
export interface Clients {
  /** A client by the port at which it reaches the broker. */
  make(client: (port: number) => BrokerAdapter): BrokerAdapter;
  networkOf(adapter: BrokerAdapter): ClientNetwork;
  /** What can befall one client, or all there are when it is asked for. */
  readonly faults: ClientFaults;
  /** How many connections they have to the broker now. */
  open(): number;
  /** When any of them tried to connect, oldest first. */
  attempts(): readonly number[];
  close(): Promise<void>;
}

/** A connection whose answer was lost dies this much later: nothing of a stream arrives behind a hole. */
const dyingMs = 600;
/** To open a port takes a turn of the event loop, and a lab is asked for clients within one: so many are ready. */
const ready = 12;

async function openNetwork(target: Target, sieve: SendReplySieve): Promise<ClientNetwork> {
  const lost: LostReplies = { left: 0 };
  const proxy = await openTcpProxy({
    target,
    sieve: (connection) => sieve(lost, () => setTimeout(() => connection.reset(), dyingMs).unref(), connection),
  });
  return { proxy, lost };
}

export async function openClients(target: Target, sieve: SendReplySieve): Promise<Clients> {
  const networks = new Map<BrokerAdapter, ClientNetwork>();
  const waiting = await Promise.all(Array.from({ length: ready }, () => openNetwork(target, sieve)));
  const refilling = new Set<Promise<void>>();

  function take(): ClientNetwork {
    const network = waiting.shift();
    if (network === undefined) throw new Error(`more than ${ready} clients were made at once`);
    const refill: Promise<void> = openNetwork(target, sieve).then((next) => {
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
    faults: {
      link,
      killProcess: (adapter) => networkOf(adapter).proxy.close(),
      pauseProcess: (adapter) => networkOf(adapter).proxy.hold(),
      unpauseProcess: (adapter) => networkOf(adapter).proxy.heal(),
      async loseSendReplies(adapter, count) {
        networkOf(adapter).lost.left = count;
      },
    },
    open: () => [...networks.values()].reduce((sum, { proxy }) => sum + proxy.open, 0),
    attempts: () => [...networks.values()].flatMap(({ proxy }) => proxy.attempts).toSorted((one, other) => one - other),
    async close() {
      await Promise.all(refilling);
      await Promise.all([...networks.values(), ...waiting].map(({ proxy }) => proxy.close()));
    },
  };
}
