import type { BrokerAdapter, Capabilities, OutgoingMessage } from '@payments/events-core';
import type { ClauseId } from './clause-ids.ts';
import type { BrokerFaults, CannotHappen } from './faults.ts';
import type { Probe } from './probe.ts';
import type { LabTime } from './time/lab-time.ts';

/** How fast this broker's lab is set up to notice and to recover. All in milliseconds. */
export interface Timings {
  /** How long a consumer that died keeps what it held. */
  readonly leaseMs: number;
  /** After a fault is over, events flow again within this. @example 10_000, Kafka 45_000 */
  readonly flowAgainMs: number;
  /** A deadline for things that take milliseconds when nothing is broken. @example memory 5_000, a container 15_000 */
  readonly promptMs: number;
  /** A new type that matches a running subscription reaches it within this. @example Kafka's topic poll: 10_000 */
  readonly newTypeMs: number;
  /** Latest that a retry may come after its delay. @default 250 */
  readonly retryLateMs?: number;
}

/**
 * What an adapter brings so that the contract can judge it. One per adapter, about as long as its test file: everything
 * about the broker is behind `open`.
 */
export interface BrokerHarness {
  /** The adapter's column in the clause table. */
  readonly name: string;
  /** What the adapter declares. Changes expected values, never whether a clause runs. */
  readonly capabilities: Capabilities;
  readonly timings: Timings;
  /** `own`: each `open` is a broker of its own, so clauses with faults run beside others. `shared`: those run alone. */
  readonly isolation: 'own' | 'shared';
  /** Clauses this adapter cannot be put to, each with the reason. Printed with the results. */
  readonly notClaimed?: Partial<Readonly<Record<ClauseId, string>>>;
  /** Opens the lab for one run of one clause. Called again for each clause; nothing of one lab is seen in another. */
  open(request: LabRequest): Promise<Lab>;
}

export interface LabRequest {
  readonly clause: ClauseId;
  /** Lower-case letters and digits, unique in time and among machines: the prefix of every group and topic in this lab. */
  readonly namespace: string;
}

/** How a program of its own reaches the lab's broker: the way an application would, through its configuration. */
export interface ProgramAccess {
  /** Exports `adapterFromConfiguration`. An absolute URL, or a name that this package can import. */
  readonly module: string;
  /** The `messaging` section, credentials included. */
  readonly messaging: Readonly<Record<string, unknown>>;
  /** Lines that the client library itself prints on stderr, and warnings it makes Node.js emit. All others are failures. */
  readonly clientNoise?: RegExp;
}

/** A client that asks for TLS, and what the network saw of it. */
export interface TlsClient {
  readonly adapter: BrokerAdapter;
  /** What it sent first on its first connection, at least 3 bytes; empty if it sent nothing. */
  firstBytes(): Promise<Uint8Array>;
}

/** A broker to experiment on, for one run of one clause. */
export interface Lab {
  /** A new client, not yet connected: what another process would have. */
  adapter(): BrokerAdapter;
  readonly time: LabTime;
  /** Reads the broker without the adapter. */
  readonly probe: Probe;
  readonly faults: BrokerFaults;
  /**
   * Sends a message as another library would, not through the adapter where the broker has clients of its own: with every
   * native property that ours never sets. @example RabbitMQ: expiration, user id, reply-to, CC, priority, x-death
   */
  sendForeign(message: OutgoingMessage): Promise<void>;
  /** Passwords and tokens that this lab's clients were given: shown nowhere, ever. */
  readonly secrets: readonly string[];
  /** For clauses that end a process or weigh its memory. A broker that lives in its process is another one there. */
  readonly program: ProgramAccess;
  /** A client that puts each type into a topic of its own, as a configuration may ask for. */
  readonly adapterSplitByType: (() => BrokerAdapter) | CannotHappen;
  /**
   * A client that asks for TLS and meets a broker with a certificate it trusts, one it does not trust, or one that
   * speaks no TLS at that address.
   */
  readonly tlsClient: ((broker: 'trusted' | 'untrusted' | 'without-tls') => TlsClient) | CannotHappen;
  /** Heals every fault and removes what the clause created. Called after all adapters were closed. */
  close(): Promise<void>;
}
