import { expect, test } from 'vitest';
import { answered, ended } from '../publishing/fake-kafka.test-support.ts';
import { createEpochCommits } from './epoch-commits.ts';
import { fetch } from './partition-log.test-support.ts';
import { createPartitionLog } from './partition-log.ts';
import { createFakeRuntime, createFakeSeat, intakeOf } from './seat.test-support.ts';
import { createSettledMemory } from './settled-memory.ts';
import { quiet } from './test-clock.test-support.ts';

function createBench({ partitions = 1, closing = false, say = 'run' as 'run' | 'suspect' } = {}) {
  const { runtime, clock } = createFakeRuntime();
  const { seat, commits: sent, state } = createFakeSeat();
  const memory = createSettledMemory();
  const moved: unknown[] = [];
  const failures: unknown[] = [];
  let confirmed = 0;
  const intakes = Array.from({ length: partitions }, (_, partition) => {
    const place = { topic: 't', partition };
    memory.recall(place, 0);
    const log = createPartitionLog({ ...place, committed: { offset: 0, metadata: null }, begin: 0, elapsed: () => 0 });
    fetch(log, 10);
    return intakeOf(log);
  });
  const commits = createEpochCommits({
    runtime,
    seat,
    memory,
    intakes: () => intakes,
    sayOf: () => say,
    closing: () => closing,
    confirmed: () => void (confirmed += 1),
    moved: (cause) => void moved.push(cause),
    failed: (error) => void failures.push(error),
  });
  function settleNext(at = 0): void {
    const { log } = intakes[at]!;
    const handed = log.handOver();
    log.settle(handed);
    memory.settled(log, handed);
  }
  const log = intakes[0]!.log;
  return { clock, commits, sent, state, memory, moved, failures, settleNext, log, confirmed: () => confirmed };
}

test('all partitions that have something to say are in one commit, and one that says the same again is in none', async () => {
  const { commits, sent, settleNext } = createBench({ partitions: 3 });
  expect(await commits.flush()).toBe(true);
  expect(sent.map(({ offsets }) => offsets)).toEqual([{ 't/0': 0, 't/1': 0, 't/2': 0 }]);
  settleNext(1);
  settleNext(1);
  expect(await commits.flush()).toBe(true);
  expect(await commits.flush()).toBe(true);
  expect(sent.slice(1).map(({ offsets }) => offsets)).toEqual([{ 't/1': 2 }]);
});

test('a partition knows of its reservation only when it is stored', async () => {
  const { commits, state, log, confirmed } = createBench();
  const answer = Promise.withResolvers<void>();
  state.answer = () => answer.promise;
  commits.now();
  await quiet();
  expect([log.readiness, confirmed()]).toEqual(['reserve', 0]);
  answer.resolve();
  await quiet();
  expect([log.readiness, confirmed()]).toEqual(['free', 1]);
});

test.for(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'])(
  'after %s the partitions are somebody else’s, and nothing is sent any more',
  async (type) => {
    const { clock, commits, sent, state, moved, failures } = createBench();
    const refusal = answered(type);
    state.answer = () => Promise.reject(refusal);
    expect(await commits.flush()).toBe(false);
    expect([moved, failures]).toEqual([[refusal], []]);
    commits.now();
    commits.soon();
    await clock.advance(10_000);
    expect(sent).toHaveLength(1);
  },
);

test.for(['REBALANCE_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP', 'a lost connection'])(
  '%s passes: it is sent again until it is stored',
  async (type) => {
    const { clock, commits, sent, state, moved, failures } = createBench();
    const error = type === 'a lost connection' ? ended('KafkaJSConnectionClosedError') : answered(type);
    state.answer = () => (sent.length < 3 ? Promise.reject(error) : Promise.resolve());
    const flushing = commits.flush();
    await clock.advance(20_000);
    expect(await flushing).toBe(true);
    expect([sent.length, moved, failures]).toEqual([3, [], []]);
  },
);

test('the last commit does not wait for another coordinator, which is asked only after the next join', async () => {
  const { commits, state, sent, moved } = createBench({ closing: true });
  state.answer = () => Promise.reject(answered('NOT_COORDINATOR_FOR_GROUP'));
  expect(await commits.flush()).toBe(false);
  expect([moved.length, sent.length]).toEqual([1, 1]);
});

test.for(['GROUP_AUTHORIZATION_FAILED', 'UNKNOWN_TOPIC_OR_PARTITION', 'OFFSET_METADATA_TOO_LARGE'])(
  '%s is a failure that no other try mends, and no partition has moved',
  async (type) => {
    const { clock, commits, sent, state, moved, failures } = createBench();
    const refusal = answered(type);
    state.answer = () => Promise.reject(refusal);
    expect(await commits.flush()).toBe(false);
    await clock.advance(10_000);
    expect([moved, failures, sent.length]).toEqual([[], [refusal], 1]);
  },
);

test('what was settled is remembered until a commit with it is stored', async () => {
  const { clock, commits, state, memory, settleNext, log } = createBench();
  await commits.flush();
  state.answer = () => Promise.reject(new Error('no answer'));
  settleNext();
  commits.now();
  await clock.advance(1);
  commits.close();
  settleNext();
  expect([...memory.recall(log, 0).keys()]).toEqual([0, 1]);
});

test('what is stored need not be remembered', async () => {
  const { commits, memory, settleNext, log } = createBench();
  await commits.flush();
  settleNext();
  await commits.flush();
  settleNext();
  expect([...memory.recall(log, 0).keys()]).toEqual([]);
  expect([...memory.recall(log, 1).keys()]).toEqual([]);
});

test('what a stored commit tells past its offset need not be remembered either', async () => {
  const { commits, memory, settleNext, log } = createBench();
  await commits.flush();
  log.handOver();
  settleNext();
  await commits.flush();
  expect([...memory.recall(log, 0).keys()]).toEqual([]);
});

test('of a log that has begun anew nothing is remembered', async () => {
  const { commits, memory, settleNext, log } = createBench();
  await commits.flush();
  for (let count = 0; count < 5; count += 1) settleNext();
  // Two batches from there: the topic was created again.
  for (let count = 0; count < 2; count += 1) log.take([], { from: 0, last: -1 });
  expect(log.rewound).toBe(true);
  commits.now();
  expect([...memory.recall(log, 0).keys()]).toEqual([]);
});

test('what a partition cannot say is a failure, and is not sent', async () => {
  const { commits, sent, failures } = createBench({ say: 'suspect' });
  commits.now();
  await quiet();
  expect([failures.length, sent.length]).toEqual([1, 0]);
});
