import type { Ordering } from '@payments/events-core';
import { expect, test } from 'vitest';
import type { Intake } from './intake.ts';
import { commit, fetch } from './partition-log.test-support.ts';
import { createPartitionLog, type Handed } from './partition-log.ts';
import { intakeOf } from './seat.test-support.ts';
import { createTestClock } from './test-clock.test-support.ts';
import { createTurns } from './turns.ts';

interface Place {
  readonly waiting: number;
  /** Its first two were out twice when somebody crashed. */
  readonly suspects?: boolean;
  readonly dueInMs?: () => number;
}

function createBench(places: readonly Place[], { maxInFlight = 100, ordering = 'none' as Ordering } = {}) {
  const clock = createTestClock();
  const intakes = places.map(({ waiting, suspects = false, dueInMs }, partition) => {
    const metadata = suspects ? '{"v":1,"o":5,"c":[[7,2]]}' : null;
    const committed = { offset: 5, metadata };
    const log = createPartitionLog({ topic: 't', partition, committed, begin: 0, elapsed: clock.elapsed });
    fetch(log, waiting);
    if (!suspects) commit(log, 'run');
    return intakeOf(log, dueInMs);
  });
  const out: { readonly intake: Intake; readonly handed: Handed }[] = [];
  const turns = createTurns({ clock, ordering, maxInFlight, intakes, open: () => out.length });

  /** Hands over what may be: their partitions. */
  function pump(most = Infinity): number[] {
    const partitions: number[] = [];
    while (partitions.length < most) {
      const intake = turns.next();
      if (intake === undefined) break;
      out.push({ intake, handed: intake.log.handOver() });
      partitions.push(intake.log.partition);
    }
    return partitions;
  }
  function settle(): void {
    const { intake, handed } = out.shift()!;
    intake.log.settle(handed);
    turns.finished(intake);
  }
  const sayings = () => intakes.map((intake) => turns.sayOf(intake));
  /** Commits all that is to be said. */
  function tell(): void {
    for (const intake of intakes) {
      const say = turns.sayOf(intake);
      if (say !== undefined) commit(intake.log, say);
    }
  }
  return { clock, intakes, out, turns, pump, settle, sayings, tell };
}

test('partitions take turns, and one that has nothing is passed over', () => {
  const { pump } = createBench([{ waiting: 3 }, { waiting: 1 }, { waiting: 0 }, { waiting: 2 }]);
  expect(pump()).toEqual([0, 1, 3, 0, 3, 0]);
});

test('a partition that was served last is served last again', () => {
  const { pump, settle } = createBench([{ waiting: 9 }, { waiting: 9 }, { waiting: 9 }], { maxInFlight: 1 });
  const served: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    served.push(...pump());
    settle();
  }
  expect(served).toEqual([0, 1, 2, 0, 1]);
});

test('no more is out than may be in flight, over all partitions', () => {
  const { pump, settle } = createBench([{ waiting: 9 }, { waiting: 9 }], { maxInFlight: 3 });
  expect(pump()).toHaveLength(3);
  expect(pump()).toHaveLength(0);
  settle();
  expect(pump()).toHaveLength(1);
});

test('one partition of ordered ones leaves some places to the others', () => {
  const ordered = createBench([{ waiting: 99 }, { waiting: 0 }], { maxInFlight: 16, ordering: 'key' });
  expect(ordered.pump()).toHaveLength(14);
  fetch(ordered.intakes[1]!.log, 9);
  commit(ordered.intakes[1]!.log, 'run');
  expect(ordered.pump()).toEqual([1, 1]);
  expect(createBench([{ waiting: 99 }], { maxInFlight: 16, ordering: 'key' }).pump()).toHaveLength(16);
  expect(createBench([{ waiting: 99 }, { waiting: 0 }], { maxInFlight: 16 }).pump()).toHaveLength(16);
});

test('what is not due waits, and it is known for how long', () => {
  let leftMs = 300;
  const { pump, turns } = createBench([{ waiting: 1, dueInMs: () => leftMs }, { waiting: 1 }, { waiting: 0 }]);
  expect(pump()).toEqual([1]);
  expect(turns.dueInMs).toBe(300);
  leftMs = 0;
  expect(pump()).toEqual([0]);
  expect(turns.dueInMs).toBe(Infinity);
});

test('nothing is handed over before its reservation is stored, which is asked for', () => {
  const { pump, turns, intakes, sayings, tell } = createBench([{ waiting: 0 }]);
  fetch(intakes[0]!.log, 1);
  expect(pump()).toEqual([]);
  expect([turns.wantsCommit, sayings()]).toEqual([true, ['run']]);
  tell();
  expect(pump()).toEqual([0]);
  expect(turns.wantsCommit).toBe(false);
});

test('a reservation is given up when nothing has been out for half a second, and not before', async () => {
  const { clock, pump, settle, sayings, tell } = createBench([{ waiting: 2 }]);
  pump(1);
  await clock.advance(10_000);
  expect(sayings()).toEqual([undefined]);
  settle();
  tell();
  await clock.advance(10_000);
  // More is about to be out.
  expect(sayings()).toEqual([undefined]);
  pump();
  settle();
  await clock.advance(499);
  expect(sayings()).toEqual(['run']);
  await clock.advance(1);
  expect(sayings()).toEqual(['clean']);
  tell();
  expect(sayings()).toEqual([undefined]);
});

test('a suspect waits until nothing else is out, and until then nothing else begins', () => {
  const { pump, settle, turns, out, sayings } = createBench([{ waiting: 9 }, { waiting: 9, suspects: true }]);
  expect(pump()).toEqual([0]);
  expect([pump(), turns.wantsCommit]).toEqual([[], false]);
  expect(sayings()).toEqual([undefined, undefined]);
  settle();
  expect([pump(), turns.wantsCommit, out.length]).toEqual([[], true, 0]);
});

test('a suspect is handed over when its mark is stored, and no other partition has a reservation', () => {
  const { pump, settle, turns, sayings, intakes } = createBench([{ waiting: 9 }, { waiting: 9, suspects: true }]);
  pump();
  settle();
  pump();
  expect(sayings()).toEqual(['clean', 'suspect']);
  commit(intakes[1]!.log, 'suspect');
  expect([pump(), turns.wantsCommit]).toEqual([[], true]);
  commit(intakes[0]!.log, 'clean');
  expect(pump()).toEqual([1]);
});

test('while a suspect is out nothing else is, whatever may be in flight', () => {
  const { pump, settle, tell, out, turns } = createBench([{ waiting: 9 }, { waiting: 9, suspects: true }]);
  pump();
  settle();
  pump();
  tell();
  expect(pump()).toEqual([1]);
  tell();
  expect([pump(), turns.wantsCommit]).toEqual([[], false]);
  expect(out.map(({ handed }) => handed.offset)).toEqual([5]);
});

test('after a suspect the next one is alone as well, and then others go on once its mark is gone', () => {
  const { pump, settle, tell, sayings, turns } = createBench([{ waiting: 0 }, { waiting: 3, suspects: true }]);
  const handed: number[][] = [];
  for (let count = 0; count < 2; count += 1) {
    expect(pump()).toEqual([]);
    expect(sayings()[1]).toBe('suspect');
    tell();
    handed.push(pump());
    settle();
  }
  expect(handed).toEqual([[1], [1]]);
  expect([pump(), turns.wantsCommit, sayings()[1]]).toEqual([[], true, 'clean']);
  tell();
  expect([pump(), sayings()[1]]).toEqual([[], 'run']);
  tell();
  expect(pump()).toEqual([1]);
});
