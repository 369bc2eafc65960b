import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { createIntake, oldestOf, type Examined } from './intake.ts';
import { commit, messageAt } from './partition-log.test-support.ts';
import { createPartitionLog } from './partition-log.ts';
import { createFakeSeat, fetchedOf, intakeOf, type FakeBatch } from './seat.test-support.ts';
import { createTestClock, quiet } from './test-clock.test-support.ts';
import { arrived as arrivedRecord } from '../record.test-support.ts';
import { toCopy } from '../messages/copy-note.ts';

function createBench({ stepMs, at = 0 }: { stepMs?: number; at?: number } = {}) {
  const clock = createTestClock();
  const { seat, calls } = createFakeSeat();
  const committed = { offset: at, metadata: null };
  const log = createPartitionLog({ topic: 't', partition: 0, committed, begin: 0, elapsed: clock.elapsed });
  const examined: number[] = [];
  let examining: Promise<Examined> = Promise.resolve({ unknown: true, failed: false });
  let arrivals = 0;
  const intake = createIntake({
    runtime: { clock },
    seat,
    log,
    stepMs,
    arrived: () => void (arrivals += 1),
    examine: () => (examined.push(log.position), examining),
  });

  /** Begins to take a batch. `taken` tells whether the client goes on. */
  function take(batch: FakeBatch) {
    const { fetched, resolved } = fetchedOf(batch);
    const result = { resolved, taken: false };
    void intake.take(fetched).then(() => (result.taken = true));
    return result;
  }
  function handOver(count: number): void {
    for (let handed = 0; handed < count; handed += 1) {
      commit(log, 'run');
      log.settle(intake.handOver().handed);
    }
  }
  const examineWith = (answer: Promise<Examined>) => (examining = answer);
  return { clock, calls, log, intake, take, handOver, examined, examineWith, arrivals: () => arrivals };
}

/** A retry that is to be handed over at that time. */
function retryAt(offset: number, dueAt: number): KafkaMessage {
  return arrivedRecord(toCopy(messageAt(1), { state: {}, position: 'o/0/1', group: 'g', dueAt }), {
    offset: `${offset}`,
  });
}

test('a batch is resolved at once up to its last offset, and made known', async () => {
  const { take, log, arrivals } = createBench();
  const { resolved } = take({ from: 0, count: 4 });
  expect(resolved).toEqual(['3']);
  expect([log.position, log.buffered, arrivals()]).toEqual([4, 4, 1]);
});

test('the client goes on when half of a batch is handed over, and the partition is not paused', async () => {
  const { take, handOver, calls, clock } = createBench();
  const batch = take({ from: 0, count: 4 });
  await clock.advance(100);
  handOver(1);
  await quiet();
  expect(batch.taken).toBe(false);
  handOver(1);
  await quiet();
  expect([batch.taken, calls]).toEqual([true, []]);
  expect(clock.timers()).toBe(0);
});

test('the client never waits longer than 250 ms: then the partition is paused until half is handed over', async () => {
  const { take, handOver, calls, clock } = createBench();
  const batch = take({ from: 0, count: 4 });
  await clock.advance(249);
  expect([batch.taken, calls]).toEqual([false, []]);
  await clock.advance(1);
  expect([batch.taken, calls]).toEqual([true, ['pause t/0']]);
  handOver(1);
  expect(calls).toEqual(['pause t/0']);
  handOver(1);
  expect(calls).toEqual(['pause t/0', 'resume t/0']);
  handOver(2);
  expect(calls).toHaveLength(2);
});

test('one that was too slow once is not waited for as long again, until it is fast', async () => {
  const { take, handOver, calls, clock } = createBench();
  take({ from: 0, count: 4 });
  await clock.advance(250);
  handOver(4);
  const again = take({ from: 4, count: 4 });
  await clock.advance(10);
  expect([again.taken, calls.at(-1)]).toEqual([true, 'pause t/0']);
  handOver(4);
  take({ from: 8, count: 4 });
  handOver(4);
  await quiet();
  const patient = take({ from: 12, count: 4 });
  await clock.advance(200);
  expect(patient.taken).toBe(false);
});

test('a batch that does not continue what was taken is not resolved, and the client is sent back', async () => {
  const { take, calls, log, examined } = createBench({ at: 5 });
  const { resolved } = take({ from: 9, count: 4 });
  await quiet();
  expect([resolved, log.buffered, examined, calls]).toEqual([[], 0, [5], ['seek t/0 5']]);
  expect(take({ from: 5, count: 4 }).resolved).toEqual(['8']);
});

test('while the broker is asked why a batch does not continue, nothing is taken, and the client waits 250 ms', async () => {
  const { take, calls, clock, log, examineWith } = createBench({ at: 5 });
  const answer = Promise.withResolvers<Examined>();
  examineWith(answer.promise);
  take({ from: 9, count: 4 });
  const next = take({ from: 5, count: 4 });
  await clock.advance(249);
  expect([next.taken, calls]).toEqual([false, []]);
  await clock.advance(1);
  expect([next.taken, next.resolved, log.buffered]).toEqual([true, [], 0]);
  answer.resolve({ unknown: true, failed: false });
  await quiet();
  expect(calls).toEqual(['seek t/0 5']);
});

test('what comes from elsewhere after the client was sent back is believed: what lies between is gone', async () => {
  const { take, calls, log } = createBench({ at: 5 });
  take({ from: 9, count: 4 });
  await quiet();
  expect(take({ from: 9, count: 4 }).resolved).toEqual(['12']);
  expect([log.peek()?.offset, log.rewound, calls]).toEqual([9, false, ['seek t/0 5']]);
});

test('a log that goes on below its position after the client was sent back has begun anew', async () => {
  const { take, log } = createBench({ at: 50 });
  take({ from: 0, count: 4, high: 60 });
  await quiet();
  expect(take({ from: 0, count: 4, high: 60 }).resolved).toEqual(['3']);
  expect([log.peek()?.offset, log.rewound]).toEqual([0, true]);
});

test('what was fetched several times before the client was sent back is no other log, however often it comes', async () => {
  const { take, calls, log, examineWith } = createBench({ at: 3 });
  examineWith(Promise.resolve({ unknown: false, failed: false }));
  for (let copies = 0; copies < 3; copies += 1) {
    expect(take({ from: 0, count: 3, high: 3 }).resolved).toEqual([]);
    await quiet();
  }
  expect([log.position, log.rewound, calls]).toEqual([3, false, Array(3).fill('seek t/0 3')]);
  expect(take({ from: 3, count: 2 }).resolved).toEqual(['4']);
});

test('a log that is known to have begun anew is read from there', async () => {
  const { take, calls, log, examineWith } = createBench({ at: 3 });
  examineWith(Promise.resolve({ anew: 0, unknown: false, failed: false }));
  take({ from: 0, count: 3, high: 6 });
  await quiet();
  expect(calls).toEqual(['seek t/0 0']);
  expect(take({ from: 0, count: 3, high: 6 }).resolved).toEqual(['2']);
  expect([log.peek()?.offset, log.rewound]).toEqual([0, true]);
});

test('after a fetch that failed a batch is taken once it is known that the log is the same', async () => {
  const { take, intake, log, calls, examined } = createBench({ at: 3 });
  intake.doubt();
  const { resolved } = take({ from: 3, count: 2 });
  expect(resolved).toEqual([]);
  await quiet();
  expect([resolved, log.position, examined, calls]).toEqual([['4'], 5, [3], []]);
  expect(take({ from: 5, count: 2 }).resolved).toEqual(['6']);
});

test('a log that was made again and has grown past what was read of the old one is read from its beginning', async () => {
  const { take, intake, log, calls, examineWith } = createBench({ at: 3 });
  examineWith(Promise.resolve({ anew: 0, unknown: false, failed: false }));
  intake.doubt();
  const { resolved } = take({ from: 3, count: 2, high: 5 });
  await quiet();
  expect([resolved, calls]).toEqual([[], ['seek t/0 0']]);
  expect(take({ from: 0, count: 5, high: 5 }).resolved).toEqual(['4']);
  expect([log.peek()?.offset, log.rewound]).toEqual([0, true]);
});

test('while nobody says whether the log is the same nothing is taken, and it is asked again', async () => {
  const { take, intake, examineWith, clock, calls } = createBench({ at: 3 });
  examineWith(Promise.resolve({ unknown: false, failed: true }));
  intake.doubt();
  const refused = take({ from: 3, count: 2 });
  await clock.advance(249);
  expect([refused.taken, refused.resolved]).toEqual([false, []]);
  await clock.advance(1);
  expect([refused.taken, refused.resolved, calls]).toEqual([true, [], []]);
  examineWith(Promise.resolve({ unknown: false, failed: false }));
  const { resolved } = take({ from: 3, count: 2 });
  await quiet();
  expect(resolved).toEqual(['4']);
});

test('where nobody can say it four times over, the log is taken for the same', async () => {
  const { take, intake, examineWith, clock, examined } = createBench({ at: 3 });
  examineWith(Promise.resolve({ unknown: false, failed: true }));
  intake.doubt();
  for (let asked = 1; asked <= 4; asked += 1) {
    expect(take({ from: 3, count: 2 }).resolved).toEqual([]);
    await clock.advance(250);
    expect(examined).toHaveLength(asked);
  }
  expect(take({ from: 3, count: 2 }).resolved).toEqual(['4']);
});

test('a log that is shorter than what was read of it has begun anew: sent back, the client would find it long enough soon', () => {
  const { take, log, calls } = createBench({ at: 50 });
  expect(take({ from: 0, count: 4, high: 49 }).resolved).toEqual(['3']);
  expect([log.peek()?.offset, log.rewound, calls]).toEqual([0, true, []]);
});

test('after its end it takes and resolves nothing, and nothing is fetched for it', async () => {
  const { take, intake, log, calls, clock } = createBench();
  const waiting = take({ from: 0, count: 4 });
  intake.close();
  await quiet();
  expect([waiting.taken, log.buffered, calls]).toEqual([true, 0, ['pause t/0']]);
  const late = take({ from: 0, count: 4 });
  await clock.advance(250);
  expect([late.resolved, late.taken, log.buffered]).toEqual([[], true, 0]);
  expect(calls).toEqual(['pause t/0']);
});

test('one that was closed while the broker was asked is not sent back', async () => {
  const { take, intake, calls } = createBench({ at: 5 });
  take({ from: 9, count: 4 });
  intake.close();
  await quiet();
  expect(calls).toEqual(['pause t/0']);
});

test('retries are read ahead without waiting, and paused above 500', async () => {
  const { take, handOver, calls } = createBench({ stepMs: 1_000 });
  const first = take({ from: 0, count: 500 });
  await quiet();
  expect([first.taken, calls]).toEqual([true, []]);
  const second = take({ from: 500, count: 1 });
  await quiet();
  expect([second.taken, calls]).toEqual([true, ['pause t/0']]);
  handOver(1);
  expect(calls).toEqual(['pause t/0', 'resume t/0']);
});

test('a retry is due at its time, and never waits longer than its step from when it was read', async () => {
  const { take, intake, handOver, clock } = createBench({ stepMs: 1_000 });
  await clock.advance(10_000);
  const messages = [retryAt(0, clock.now() + 400), retryAt(1, clock.now() + 86_400_000), retryAt(2, clock.now() - 1)];
  take({ from: 0, count: 2, messages: messages.slice(0, 2) });
  expect(intake.dueInMs()).toBe(400);
  await clock.advance(400);
  expect(intake.dueInMs()).toBe(0);
  handOver(1);
  // The machine that has written it has another time.
  expect(intake.dueInMs()).toBe(600);
  take({ from: 2, count: 1, messages: messages.slice(2) });
  await clock.advance(600);
  expect(intake.dueInMs()).toBe(0);
  handOver(1);
  expect(intake.dueInMs()).toBe(0);
});

test('the note of a copy is read in topics of the group’s own only', () => {
  const copy = { from: 0, count: 1, messages: [retryAt(0, 7)] };
  for (const [stepMs, position] of [
    [0, 'o/0/1'],
    [undefined, undefined],
  ] as const) {
    const { take, intake, log } = createBench(stepMs === undefined ? {} : { stepMs });
    take(copy);
    expect(intake.dueInMs()).toBe(0);
    commit(log, 'run');
    expect(intake.handOver().note?.position).toBe(position);
  }
});

test('the oldest message of each topic is that of its oldest partition', () => {
  const logs = ['t', 't', 'u', 'v'].map((topic, partition) =>
    createPartitionLog({ topic, partition, committed: { offset: 0, metadata: null }, begin: 0, elapsed: () => 0 }),
  );
  [20, 10, 30].forEach((offset, at) => {
    logs[at]!.take([messageAt(offset)], { from: 0, last: offset });
  });
  expect([...oldestOf(logs.map((log) => intakeOf(log)))]).toEqual([
    ['t', 1_010],
    ['u', 1_030],
  ]);
});
