import type { BrokerAdapter, SendFailureReason } from '@payments/events-core';

/** Something that stands between one client and the broker. On a real broker a TCP proxy in test code. */
export interface Link {
  /** Each chunk arrives that much later, in both directions. */
  latency(ms: number): Promise<void>;
  /** At most so many bytes per second, in each direction. */
  rate: ((bytesPerSecond: number) => Promise<void>) | CannotHappen;
  /** Every byte comes in a packet of its own. */
  oneByteSlices: (() => Promise<void>) | CannotHappen;
  /** Nothing arrives, no connection ends: a dead switch. `replies`: only what the broker sends is lost. */
  silence(direction: 'both' | 'requests' | 'replies'): Promise<void>;
  /** Ends the open connections with a reset; new ones are accepted. */
  reset(): Promise<void>;
  /** Resets the open connections and accepts no new ones. */
  refuse(): Promise<void>;
  /** Resets each connection after so many more bytes of requests. */
  cutAfter: ((bytes: number) => Promise<void>) | CannotHappen;
  /** As if nothing had been. Connections that were silenced stay open; what was lost stays lost. */
  heal(): Promise<void>;
}

/** One way in which the broker refuses what is published, for clause P4. */
export interface Refusal {
  /** @example 'queue limit', 'memory limit', 'missing permission' */
  readonly name: string;
  /** What a publish ends in while it lasts: a rejection with this reason, or, where the broker just does not answer, `unknown`. */
  readonly outcome: SendFailureReason | 'unknown';
  /** From when on it refuses. A limit may let some events pass first. */
  impose(group: string): Promise<void>;
  relieve(): Promise<void>;
}

/** A fault that this broker or its adapter cannot have. Printed with the clause that asked for it. */
export interface CannotHappen {
  readonly notClaimed: string;
}

/** The fault kit, the same on every broker. All resolve when the fault is in effect. */
export interface BrokerFaults {
  /** Graceful stop, as an operator would do it. Data and address are kept. */
  stop(): Promise<void>;
  /** After `stop` or `kill`. Resolves when the broker accepts connections again. */
  start(): Promise<void>;
  /** SIGKILL. What it had confirmed is kept. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing answers. */
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** The broker closes every connection it has; where it has no such command, the network from the broker's side. */
  killConnections(): Promise<void>;
  /** The network of one client, or of all clients of this lab. */
  link(adapter?: BrokerAdapter): Link;
  /**
   * SIGKILL of the process that has this adapter: no goodbye to the broker, and nothing of it runs again. Where it is the
   * test's own process, its connections are reset and it never reaches the broker again; the bench freezes its handlers.
   */
  killProcess(adapter: BrokerAdapter): Promise<void>;
  /** SIGSTOP of the process that has this adapter: it neither reads nor writes nor renews a lease. */
  pauseProcess: ((adapter: BrokerAdapter) => Promise<void>) | CannotHappen;
  unpauseProcess: ((adapter: BrokerAdapter) => Promise<void>) | CannotHappen;
  /** The next replies to `send` are lost after the broker has stored the message. */
  loseSendReplies: ((adapter: BrokerAdapter, count: number) => Promise<void>) | CannotHappen;
  /** The ways in which this broker can refuse, at least one. */
  readonly refusals: readonly Refusal[];
  /** Storing a dead letter of the group fails, as if the store were gone, until the returned function is called. */
  withholdDeadLetters(group: string): Promise<() => Promise<void>>;
  /** Deletes what the library created for routing, while no event is in it. */
  deleteTopology: ((group: string) => Promise<void>) | CannotHappen;
  /** Credentials of all clients stop being valid; returns what makes them valid again. */
  revokeCredentials: (() => Promise<() => Promise<void>>) | CannotHappen;
}
