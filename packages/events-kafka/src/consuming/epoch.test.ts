import { expect, test } from 'vitest';
import { answered } from '../publishing/fake-kafka.test-support.ts';
import { createEpochBench } from './epoch.test-support.ts';
import { quiet } from './test-clock.test-support.ts';

test('nothing is handed over before its reservation is committed', async () => {
  const { take, places, commits, state } = createEpochBench();
  const answer = Promise.withResolvers<void>();
  state.answer = () => answer.promise;
  await quiet();
  await take({ from: 0, count: 3 });
  expect([places(), commits.length]).toEqual([[], 1]);
  answer.resolve();
  await quiet();
  expect(places()).toEqual(['t/0/0', 't/0/1', 't/0/2']);
});

test('a batch that comes before the committed offsets are known is held for 250 ms at most', async () => {
  const { take, clock, places } = createEpochBench({ failures: Array.from({ length: 100 }, () => new Error('?')) });
  const early = await take({ from: 0, count: 3 });
  await clock.advance(249);
  expect(early.taken).toBe(false);
  await clock.advance(251);
  expect([early.taken, early.resolved, places()]).toEqual([true, [], []]);
});

test('what is settled is committed within a quarter of a second', async () => {
  const { take, clock, commits, out } = createEpochBench();
  await take({ from: 0, count: 3 });
  out[0]!.settle({ kind: 'ack' });
  out[1]!.settle({ kind: 'ack' });
  await clock.advance(250);
  expect(commits.at(-1)?.offsets).toEqual({ 't/0': 2 });
});

test('a dead letter is committed at once', async () => {
  const { take, commits, out } = createEpochBench();
  await take({ from: 0, count: 3 });
  out[0]!.settle({ kind: 'deadLetter', reason: 'why', state: {} });
  await quiet();
  expect(commits.at(-1)?.offsets).toEqual({ 't/0': 1 });
});

test('a drain wants back what is out, hands over nothing more, commits what was settled and ends', async () => {
  const { epoch, take, commits, out, places, calls } = createEpochBench();
  await take({ from: 0, count: 12 });
  expect(places()).toHaveLength(10);
  const { recalled, signal } = out[0]!.delivery;
  let drained = false;
  void epoch.drain({ recall: true, withinMs: 3_000 }).then(() => (drained = true));
  expect([recalled?.aborted, signal.aborted, epoch.running]).toEqual([true, false, false]);
  expect(calls.slice(-2)).toEqual(['pause t/0', 'pause t/1']);
  for (const { settle } of out.slice(1)) settle({ kind: 'release' });
  await quiet();
  expect([drained, places().length]).toEqual([false, 10]);
  out[0]!.settle({ kind: 'ack' });
  await quiet();
  expect([drained, epoch.signal.aborted]).toEqual([true, true]);
  // Clean: it holds no marks.
  expect(commits.at(-1)).toEqual({ offsets: { 't/0': 1 }, metadata: { 't/0': '' } });
});

test('a drain without a recall leaves alone what is out', async () => {
  const { epoch, take, out } = createEpochBench();
  await take({ from: 0, count: 1 });
  void epoch.drain({ recall: false });
  expect(out[0]!.delivery.recalled?.aborted).toBe(false);
  void epoch.drain({ recall: true });
  expect(out[0]!.delivery.recalled?.aborted).toBe(true);
});

test('what runs is waited for only so long: then the rest is committed, and its right is lost', async () => {
  const { epoch, take, out, clock, commits, counts } = createEpochBench();
  await take({ from: 0, count: 2 });
  out[0]!.settle({ kind: 'ack' });
  let drained = false;
  void epoch.drain({ recall: true, withinMs: 3_000 }).then(() => (drained = true));
  await clock.advance(2_999);
  expect([drained, out[1]!.delivery.signal.aborted]).toEqual([false, false]);
  await clock.advance(1);
  expect([drained, out[1]!.delivery.signal.aborted, epoch.open]).toEqual([true, true, 0]);
  expect(commits.at(-1)).toEqual({ offsets: { 't/0': 1 }, metadata: { 't/0': '' } });
  const said = commits.length;
  out[1]!.settle({ kind: 'ack' });
  await clock.advance(1_000);
  expect([commits.length, counts.open]).toEqual([said, 0]);
});

test('the last commit is waited for four seconds at most', async () => {
  const { epoch, take, out, clock, state } = createEpochBench();
  await take({ from: 0, count: 1 });
  out[0]!.settle({ kind: 'ack' });
  await quiet();
  state.answer = () => new Promise(() => {});
  let drained = false;
  void epoch.drain({ recall: true, withinMs: 60_000 }).then(() => (drained = true));
  await clock.advance(3_999);
  expect(drained).toBe(false);
  await clock.advance(1);
  expect([drained, epoch.signal.aborted]).toEqual([true, true]);
});

test('a commit that is refused by another generation ends the right at once, and fails nothing', async () => {
  const { epoch, take, out, clock, commits, state, failed, memory } = createEpochBench();
  await take({ from: 0, count: 2 });
  out[0]!.settle({ kind: 'ack' });
  state.answer = () => Promise.reject(answered('ILLEGAL_GENERATION'));
  await clock.advance(250);
  expect([epoch.signal.aborted, failed]).toEqual([true, []]);
  const said = commits.length;
  out[1]!.settle({ kind: 'ack' });
  await clock.advance(10_000);
  expect(commits).toHaveLength(said);
  // What was settled in time is not handed over again.
  expect([...memory.recall({ topic: 't', partition: 0 }, 0).keys()]).toEqual([0]);
  expect(clock.timers()).toBe(0);
});

test('a commit that cannot be stored has the member begin anew', async () => {
  const { epoch, take, out, clock, state, failed } = createEpochBench();
  const refusal = answered('GROUP_AUTHORIZATION_FAILED');
  await take({ from: 0, count: 2 });
  out[0]!.settle({ kind: 'ack' });
  state.answer = () => Promise.reject(refusal);
  await clock.advance(250);
  expect([epoch.signal.aborted, failed]).toEqual([true, [refusal]]);
});

test('a reservation that waits for others to join is tried again, ever more rarely, until the lease is over', async () => {
  const { epoch, take, clock, state, failed, places } = createEpochBench({ leaseEndsAt: 30_000, random: () => 1 });
  const triedAt: number[] = [];
  state.answer = () => {
    triedAt.push(clock.elapsed());
    return Promise.reject(answered('REBALANCE_IN_PROGRESS'));
  };
  await take({ from: 0, count: 2 });
  await clock.advance(29_999);
  expect(epoch.signal.aborted).toBe(false);
  const pauses = triedAt.slice(1).map((at, index) => at - triedAt[index]!);
  expect(pauses).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000]);
  await clock.advance(60_000);
  expect([epoch.signal.aborted, triedAt.length, failed, places(), clock.timers()]).toEqual([true, 12, [], [], 0]);
});

test('a last commit that waits for others to join is tried again, and holds them up for four seconds at most', async () => {
  const { epoch, take, out, clock, state, memory } = createEpochBench({ random: () => 1 });
  await take({ from: 0, count: 1 });
  let tries = 0;
  state.answer = () => {
    tries += 1;
    return Promise.reject(answered('REBALANCE_IN_PROGRESS'));
  };
  out[0]!.settle({ kind: 'ack' });
  let drained = false;
  void epoch.drain({ recall: true }).then(() => (drained = true));
  await clock.advance(3_999);
  expect([drained, tries]).toEqual([false, 7]);
  await clock.advance(1);
  expect([drained, epoch.signal.aborted, clock.timers()]).toEqual([true, true, 0]);
  // It is not handed over again if the partition comes back.
  expect([...memory.recall({ topic: 't', partition: 0 }, 0).keys()]).toEqual([0]);
});

test('what was settled is sent again, ever more rarely, until it is stored or the lease is over', async () => {
  const { take, out, clock, commits, state } = createEpochBench({ leaseEndsAt: 30_000, random: () => 1 });
  await take({ from: 0, count: 2 });
  out[0]!.settle({ kind: 'ack' });
  const triedAt: number[] = [];
  state.answer = () => {
    triedAt.push(clock.elapsed());
    return clock.elapsed() < 5_000 ? Promise.reject(answered('REBALANCE_IN_PROGRESS')) : Promise.resolve();
  };
  await clock.advance(20_000);
  expect(triedAt).toEqual([250, 300, 400, 600, 1_000, 1_800, 3_400, 6_600]);
  expect(commits.at(-1)?.offsets).toEqual({ 't/0': 1 });
});

test('a lease that runs out ends the right by itself, unless it was renewed', async () => {
  const { epoch, clock, state } = createEpochBench({ leaseEndsAt: 1_000 });
  await clock.advance(500);
  state.leaseEndsAt = 2_000;
  await clock.advance(1_499);
  expect(epoch.signal.aborted).toBe(false);
  await clock.advance(1);
  expect(epoch.signal.aborted).toBe(true);
});

test('in a process that was paused a lease that is over is seen before anything is settled', async () => {
  const { epoch, take, out, state, memory, commits } = createEpochBench();
  await take({ from: 0, count: 2 });
  state.leaseOver = true;
  const said = commits.length;
  out[0]!.settle({ kind: 'ack' });
  await quiet();
  expect([epoch.signal.aborted, commits.length]).toEqual([true, said]);
  expect(memory.recall({ topic: 't', partition: 0 }, 0)).toEqual(new Map());
});

test('committed offsets that may not be read have the member begin anew', async () => {
  const refusal = answered('GROUP_AUTHORIZATION_FAILED');
  const { epoch, failed, errors } = createEpochBench({ failures: [refusal] });
  await quiet();
  expect([epoch.signal.aborted, failed, errors.length]).toEqual([true, [refusal], 1]);
});

test('what core gives back unasked says that it is leaving; what it was asked for does not', async () => {
  const { epoch, take, out, counts } = createEpochBench();
  await take({ from: 0, count: 2 });
  out[0]!.settle({ kind: 'release' });
  await quiet();
  expect(counts.givenBack).toBe(1);
  void epoch.drain({ recall: true });
  out[1]!.settle({ kind: 'release' });
  await quiet();
  expect(counts.givenBack).toBe(1);
});

test('a partition that is given away before its first batch is not waited for', async () => {
  const { epoch, state, commits } = createEpochBench();
  state.canCommit = false;
  await quiet();
  await epoch.drain({ recall: true, withinMs: 1_000 });
  expect([epoch.running, commits]).toEqual([false, []]);
});
