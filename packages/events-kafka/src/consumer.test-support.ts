import type { SubscriptionSpec } from '@payments/events-core';
import type { Connection } from './connection.ts';
import { createSubscription } from './consumer.ts';
import type { Draining } from './consuming/epoch.ts';
import type { Membership, MembershipOptions } from './consuming/membership.ts';
import { createFakeRuntime } from './consuming/seat.test-support.ts';
import { settingsOf } from './options.ts';

/** A membership that a subscription has begun. */
interface FakeMembership extends Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'> {
  readonly options: MembershipOptions;
  /** It is assigned partitions. */
  assign(): void;
  readonly drains: Draining[];
  /** Each time that it was to leave. */
  readonly leaves: { readonly hurried: boolean }[];
}

export const usualDraining: Draining = { recall: true, withinMs: 3_000 };

/** A subscription of `#`, where there are the topics of orders. Its memberships do as they are told. */
export function createSubscriptionBench({ random }: { readonly random?: () => number } = {}) {
  const { runtime, clock } = createFakeRuntime(random && { random });
  const topics = ['p.order'];
  const state = { list: (): Promise<readonly string[]> => Promise.resolve([...topics]), fetchAgeMs: 0 };
  const memberships: FakeMembership[] = [];
  const connection = {
    runtime,
    settings: settingsOf({ url: 'kafka://one', topicPrefix: 'p.' }),
    admin: {
      ask: (_: string, run: (admin: object) => unknown) => run({ describeConfigs: async () => ({ resources: [] }) }),
    },
    topics: {
      list: () => state.list(),
      ensure: async (wanted: readonly { readonly topic: string }[]) => {
        for (const { topic } of wanted) if (!topics.includes(topic)) topics.push(topic);
      },
    },
    retention: { warnOf() {} },
  } as unknown as Connection;
  const spec: SubscriptionSpec = {
    group: 'g',
    patterns: ['#'],
    types: ['order.created'],
    ordering: 'none',
    retryDelaysMs: [],
    startFrom: 'earliest',
    maxInFlight: 10,
  };

  function join(options: MembershipOptions): Membership {
    const ready = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    over.promise.catch(ready.reject);
    ready.promise.catch(() => {});
    const drains: Draining[] = [];
    const leaves: { readonly hurried: boolean }[] = [];
    memberships.push({
      options,
      drains,
      leaves,
      resolve: over.resolve,
      reject: over.reject,
      assign() {
        options.assigned({ 'p.order': [0] });
        ready.resolve();
      },
    });
    return {
      ready: ready.promise,
      over: over.promise,
      consuming: true,
      get lastFetchAgeMs() {
        return state.fetchAgeMs;
      },
      epoch: undefined,
      usualDraining,
      drain: async (how) => void drains.push(how),
      async leave({ aborted }) {
        leaves.push({ hurried: aborted });
        over.resolve();
      },
    };
  }

  const deliver = () => Promise.reject(new Error('Nothing is delivered here.'));
  const subscription = createSubscription({ connection, spec, deliver }, join);
  /** What became of its promises. */
  const became = { ready: 'pending', ended: 'pending' };
  for (const name of ['ready', 'ended'] as const)
    subscription[name].then(
      () => (became[name] = 'resolved'),
      (error: Error) => (became[name] = error.name),
    );
  return { subscription, memberships, clock, topics, state, became };
}
