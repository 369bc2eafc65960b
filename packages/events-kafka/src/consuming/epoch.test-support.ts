import type { Delivery, Settlement, SubscriptionSpec } from '@payments/events-core';
import { settingsOf } from '../options.ts';
import { createEpoch } from './epoch.ts';
import { fakeAdmin, type FakeOffsets } from './fake-admin.test-support.ts';
import { createFakeRuntime, createFakeSeat, fetchedOf, type FakeBatch } from './seat.test-support.ts';
import { createSettledMemory } from './settled-memory.ts';
import { quiet } from './test-clock.test-support.ts';

const spec: SubscriptionSpec = {
  group: 'g',
  patterns: ['order.*'],
  types: ['order.created'],
  ordering: 'none',
  retryDelaysMs: [],
  startFrom: 'earliest',
  maxInFlight: 10,
};

const nothing = { 't/0': ['0', ''], 't/1': ['0', ''] } as const;

interface Options extends Pick<FakeOffsets, 'failures'> {
  readonly leaseEndsAt?: number;
  readonly random?: () => number;
}

/** An epoch of two partitions of which nothing is settled. */
export function createEpochBench({ failures = [], leaseEndsAt = 1e9, random = () => 0 }: Options = {}) {
  const { runtime, clock, errors } = createFakeRuntime({ random });
  const { seat, commits, calls, failures: failed, state } = createFakeSeat();
  state.leaseEndsAt = leaseEndsAt;
  const { admin } = fakeAdmin({ committed: nothing, failures });
  const memory = createSettledMemory();
  const out: { readonly delivery: Delivery; settle(settlement: Settlement): void }[] = [];
  const counts = { open: 0, givenBack: 0 };
  const epoch = createEpoch({
    connection: { runtime, admin, settings: settingsOf({ url: 'kafka://one' }) },
    spec,
    topics: { main: ['t'], retry: [], now: 'n', dead: 'd' },
    places: [0, 1].map((partition) => ({ topic: 't', partition })),
    seat,
    again: false,
    memory,
    settler: { delayed: 0, tooLarge: 0, storeCopy: () => Promise.resolve(true) },
    deliver(delivery) {
      const { promise, resolve } = Promise.withResolvers<Settlement>();
      out.push({ delivery, settle: resolve });
      return promise;
    },
    count: (change) => void (counts.open += change),
    givenBack: () => void (counts.givenBack += 1),
  });

  /** Begins to take a batch, and lets everything happen that needs no time. */
  async function take(batch: FakeBatch) {
    const { fetched, resolved } = fetchedOf(batch);
    const result = { resolved, taken: false };
    void epoch.take(fetched).then(() => (result.taken = true));
    await quiet();
    return result;
  }
  /** What is out, by place. */
  const places = () => out.map(({ delivery }) => delivery.position);
  return { epoch, clock, errors, commits, calls, failed, state, memory, out, counts, take, places };
}
