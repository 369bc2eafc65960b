import type { BrokerAdapter } from '@payments/events-core';
import type { Client } from './client.ts';
import type { Link, Silence } from './link.ts';
import type { Pump } from './pump.ts';
import type { ServerConditions } from './server-conditions.ts';
import type { ServerState } from './server-state.ts';
import type { OpenSession } from './session.ts';
import type { Wire } from './wire.ts';

/** What can go wrong between one adapter and the server. */
export interface LinkFaults {
  /** Nothing gets through in that direction, and nobody is told. What was said meanwhile arrives when it ends. */
  silence(silence: Silence): void;
  /** New connections are refused. */
  refuse(refusing: boolean): void;
  /** So many of the next answers never arrive; the requests are carried out. */
  loseReplies(count: number): void;
  /** The connection is cut, from the network's side. */
  reset(): void;
  /** The process stops without a word, as with SIGSTOP; its connections stay open. Handlers in this process do run on. */
  freeze(): void;
  thaw(): void;
}

/** Breaks the server and its links on purpose. Every fault lasts until it is taken back. */
export interface MemoryFaults {
  /** Connections end, new ones are refused. What is stored stays. */
  stop(): void;
  /** The same without notice: nothing more is said to anyone. */
  kill(): void;
  start(): void;
  /** The server does nothing; its connections stay open. */
  pause(): void;
  unpause(): void;
  killConnections(): void;
  link(adapter: BrokerAdapter): LinkFaults;
  /** The adapter's process dies: it never speaks or hears again, without a word to anyone. Handlers in this process do run on; their settlements do nothing. */
  killAdapter(adapter: BrokerAdapter): void;
  /** Every send is refused; undefined ends it. */
  refuseSends(refusal: ServerConditions['refusal']): void;
  /** So many of the next sends are stored without an answer. */
  loseSendReplies(count: number): void;
  failDeadLetters(failing: boolean): void;
  failSettlements(failing: boolean): void;
  /** Milliseconds that everything takes, each way. */
  latency(latencyMs: number): void;
}

export interface FaultSurroundings {
  readonly state: ServerState;
  readonly pump: Pump;
  readonly linkOf: (adapter: BrokerAdapter) => Link;
  readonly clients: ReadonlySet<Client>;
  readonly wires: ReadonlyMap<Wire, { readonly client: Client; readonly opened: OpenSession | undefined }>;
}

export function createFaults({ state, pump, linkOf, clients, wires }: FaultSurroundings): MemoryFaults {
  const { conditions, storage } = state;

  function change(wrong: Partial<ServerConditions>): void {
    Object.assign(conditions, wrong);
    for (const wire of wires.keys()) wire.refresh();
  }

  function changeLink(link: Link, wrong: Partial<Link>): void {
    Object.assign(link, wrong);
    for (const wire of wires.keys()) if (wire.link === link) wire.refresh();
  }

  function resetAll(link?: Link): void {
    for (const wire of wires.keys()) if (link === undefined || wire.link === link) wire.reset();
  }

  function down(): void {
    conditions.running = false;
    resetAll();
  }

  return {
    stop: down,
    kill: down,
    start: () => change({ running: true, paused: false }),
    pause: () => change({ paused: true }),
    unpause() {
      // What was said while it was paused comes first, heartbeats among it; only then are leases judged.
      change({ paused: false });
      for (const { opened } of wires.values()) opened?.checkLease();
      for (const group of storage.groups.values()) pump.wake(group);
    },
    killConnections: () => resetAll(),
    link(adapter) {
      const link = linkOf(adapter);
      return {
        silence: (silence) => changeLink(link, { silence }),
        refuse: (refusing) => changeLink(link, { refusing }),
        loseReplies: (lostReplies) => changeLink(link, { lostReplies }),
        reset: () => resetAll(link),
        freeze: () => changeLink(link, { frozen: true }),
        thaw() {
          link.frozen = false;
          for (const client of clients) if (client.adapter === adapter) client.thawed();
          changeLink(link, {});
        },
      };
    },
    killAdapter(adapter) {
      const link = linkOf(adapter);
      link.dead = true;
      for (const client of clients) if (client.adapter === adapter) client.died();
      resetAll(link);
    },
    refuseSends: (refusal) => change({ refusal }),
    loseSendReplies: (lostSendReplies) => change({ lostSendReplies }),
    failDeadLetters: (deadLettersFail) => change({ deadLettersFail }),
    failSettlements: (settlementsFail) => change({ settlementsFail }),
    latency: (latencyMs) => change({ latencyMs }),
  };
}
