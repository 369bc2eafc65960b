import type { Delivery, Settlement } from '@payments/events-core';
import type { StoredNote } from '../messages/copy-note.ts';
import type { Settler } from '../settlement.ts';
import { createDeliveries } from './deliveries.ts';
import { commit, fetch, logOf } from './partition-log.test-support.ts';
import { createFakeRuntime, intakeOf } from './seat.test-support.ts';

type Copying = Parameters<Settler['storeCopy']>[0];

/** A copy that is to be stored. */
interface FakeCopy {
  readonly copying: Copying;
  answer(stored: boolean): void;
}

/** Deliveries of one partition, from offset 5 on. */
export function createDeliveriesBench({
  note,
  steps = [1_000],
}: { note?: StoredNote; steps?: readonly number[] } = {}) {
  const { runtime, clock } = createFakeRuntime();
  const log = logOf({ offset: 5, metadata: null });
  fetch(log, 10);
  commit(log, 'run');
  const intake = { ...intakeOf(log), handOver: () => ({ handed: log.handOver(), note }) };
  const lost = new AbortController();
  const recalled = new AbortController();
  const out: { readonly delivery: Delivery; settle(settlement: Settlement): void; fail(error: unknown): void }[] = [];
  const copies: FakeCopy[] = [];
  const settled: string[] = [];
  const failures: unknown[] = [];
  const counts = { open: 0, finished: 0, released: 0 };
  const right = { mine: true };
  const settler: Settler = {
    delayed: 0,
    tooLarge: 0,
    storeCopy(copying) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      copies.push({ copying, answer: resolve });
      return promise;
    },
  };
  const retry = steps.map((stepMs) => ({ topic: `g.retry-${stepMs}ms`, stepMs }));
  const deliveries = createDeliveries({
    runtime,
    deliver(delivery) {
      const { promise, resolve, reject } = Promise.withResolvers<Settlement>();
      out.push({ delivery, settle: resolve, fail: reject });
      return promise;
    },
    settler,
    facts: { group: 'g', topics: { retry, now: 'g.retry-now', dead: 'g.dead' }, now: clock.now },
    lost: lost.signal,
    recalled: recalled.signal,
    mine: () => right.mine,
    count: (change) => void (counts.open += change),
    finished: () => void (counts.finished += 1),
    settled: (_, { offset }, how) => void settled.push(`${how} ${offset}`),
    released: () => void (counts.released += 1),
    failed: (error) => void failures.push(error),
  });
  return {
    clock,
    log,
    lost,
    recalled,
    right,
    out,
    copies,
    settled,
    failures,
    counts,
    deliveries,
    handOver: () => deliveries.handOver(intake),
  };
}
