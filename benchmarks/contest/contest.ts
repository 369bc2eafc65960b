import type { Contender } from './contender.ts';

/**
 * Who competes on each broker.
 * - `plain`: the client library as its documentation uses it.
 * - `tuned`: the fastest program on the client library that we can write.
 * - `adapter`: ours without core, to tell the two prices apart.
 * - `ours`: what a user of this library has.
 */
export const roles = ['plain', 'tuned', 'adapter', 'ours'] as const;
export type Role = (typeof roles)[number];

export interface Contest {
  /** Of the broker. */
  readonly name: string;
  readonly contenders: Readonly<Record<Role, Contender>>;
  /** So many that the quickest load lasts longer than what is by the way in it. */
  readonly eventsPerRound: number;
  /** A broker to compete on. */
  startBroker(): Promise<ContestBroker>;
}

interface ContestBroker {
  readonly url: string;
  stop(): Promise<void>;
}

export const goals = {
  /** Of the events per second of `tuned`, at least, where the broker is the limit. */
  throughputRatio: 0.95,
  /** CPU microseconds per event beyond those of `tuned`, at most. */
  addedCpuMicros: 12,
  /** Milliseconds of a lone publish beyond those of `plain` at p99, at most. */
  addedLonePublishMs: 1,
  /** Milliseconds that ours may hold up the event loop while a crowd of publishes is open. */
  stretchMs: 50,
} as const;
