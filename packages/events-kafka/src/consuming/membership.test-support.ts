import type { Delivery, Settlement } from '@payments/events-core';
import type { Assignment } from 'kafkajs';
import { settingsOf } from '../options.ts';
import { keepingAssigner } from './assigner.ts';
import { fakeAdmin, type FakeOffsets } from './fake-admin.test-support.ts';
import { encodeMarks } from './marks.ts';
import type { MemberOptions } from './member.ts';
import { createMembership } from './membership.ts';
import { createFakeRuntime, createFakeSeat, fetchedOf, type FakeBatch } from './seat.test-support.ts';
import { createSettledMemory } from './settled-memory.ts';
import { quiet } from './test-clock.test-support.ts';

/** Two messages were read of `t/0`, the newer one at 100. */
const read = encodeMarks(2, { settled: [], counts: [], appendedAt: 100 });

/** A membership of a member that does as it is told. What is in the log may be changed in `log`. */
export function createMembershipBench({ failures }: Pick<FakeOffsets, 'failures'> = {}) {
  const { runtime, clock, errors } = createFakeRuntime();
  const { seat, commits, calls, failures: failed, state } = createFakeSeat();
  state.leaseEndsAt = 1e9;
  const log = { begins: { t: ['0'] }, appended: { t: [[99, 100, 200]] } };
  const { admin, asked } = fakeAdmin({ committed: { 't/0': ['2', read] }, ...log, ...(failures && { failures }) });
  const over = Promise.withResolvers<void>();
  const out: { readonly delivery: Delivery; settle(settlement: Settlement): void }[] = [];
  const owned: Assignment[] = [];
  const member = { consuming: true, leaves: 0 };
  let joining: MemberOptions | undefined;
  const membership = createMembership(
    {
      connection: {
        runtime,
        admin,
        settings: settingsOf({ url: 'kafka://one' }),
        client: () => {
          throw new Error('It has a member that needs none.');
        },
        progressed() {},
        lastProgressAt: undefined,
      },
      spec: {
        group: 'g',
        patterns: ['order.*'],
        types: ['order.created'],
        ordering: 'none',
        retryDelaysMs: [],
        startFrom: 'earliest',
        maxInFlight: 10,
      },
      topics: { main: ['t'], retry: [{ topic: 'r', stepMs: 1_000 }], now: 'n', dead: 'd' },
      assigner: keepingAssigner(),
      memory: createSettledMemory(),
      settler: { delayed: 0, tooLarge: 0, storeCopy: () => Promise.resolve(true) },
      deliver(delivery) {
        const { promise, resolve } = Promise.withResolvers<Settlement>();
        out.push({ delivery, settle: resolve });
        return promise;
      },
      count() {},
      givenBack() {},
      assigned: (places) => void owned.push(places),
    },
    (options) => {
      joining = options;
      return {
        ...seat,
        over: over.promise,
        lastFetchAgeMs: undefined,
        get consuming() {
          return member.consuming;
        },
        leave() {
          member.leaves += 1;
          over.resolve();
          return over.promise;
        },
      };
    },
  );
  const { events, topics } = joining!;

  /** It is assigned `t/0`, and knows what is committed. */
  async function join() {
    events.joined({ t: [0] });
    await quiet();
  }

  /** A batch comes, and everything happens that needs no time. */
  async function take(batch: FakeBatch) {
    const { fetched } = fetchedOf(batch);
    const result = { taken: false };
    void events.fetched(fetched).then(() => (result.taken = true));
    await quiet();
    return result;
  }

  return {
    membership,
    events,
    topics,
    member,
    over,
    clock,
    state,
    log,
    /** What the administrator was asked since this was called last. */
    asked: () => asked.splice(0),
    out,
    /** What is out, by place. */
    places: () => out.map(({ delivery }) => delivery.position),
    owned,
    commits,
    calls,
    failed,
    errors,
    join,
    take,
  };
}
