import { expect, test } from 'vitest';
import { createCommits, type Saying } from './commits.ts';
import { logOf } from './partition-log.test-support.ts';
import { createTestClock, quiet } from './test-clock.test-support.ts';

/** Each commit says the next number, until nothing is left to say. */
function createBench({ left = Infinity, hopeless = () => false }: { left?: number; hopeless?: () => boolean } = {}) {
  const clock = createTestClock();
  const sends: PromiseWithResolvers<void>[] = [];
  const confirmed: number[] = [];
  const failures: unknown[] = [];
  let offset = 0;
  const log = { ...logOf({ offset: 0, metadata: null }), committed: () => {} };
  const commits = createCommits({
    runtime: { clock, random: () => 0 },
    collect: (): readonly Saying[] =>
      offset >= left
        ? []
        : [{ log, commitment: { offset: (offset += 1), metadata: '', reservedEnd: undefined, suspect: undefined } }],
    send() {
      const answer = Promise.withResolvers<void>();
      sends.push(answer);
      return answer.promise;
    },
    confirmed: (sayings) => void confirmed.push(...sayings.map(({ commitment }) => commitment.offset)),
    failed(error) {
      failures.push(error);
      return hopeless();
    },
  });
  return { clock, commits, sends, confirmed, failures };
}

test('what is settled is committed within a quarter of a second, once for all of it', async () => {
  const { clock, commits, sends } = createBench();
  commits.soon();
  await clock.advance(100);
  commits.soon();
  await clock.advance(149);
  expect(sends).toHaveLength(0);
  await clock.advance(1);
  expect(sends).toHaveLength(1);
  sends[0]!.resolve();
  await clock.advance(1_000);
  expect(sends).toHaveLength(1);
});

test('one commit is under way at a time, and the next is sent as soon as it is answered', async () => {
  const { clock, commits, sends, confirmed } = createBench();
  commits.now();
  commits.now();
  commits.soon();
  await clock.advance(1_000);
  expect(sends).toHaveLength(1);
  expect(confirmed).toEqual([]);
  sends[0]!.resolve();
  await quiet();
  expect(confirmed).toEqual([1]);
  expect(sends).toHaveLength(2);
  sends[1]!.resolve();
  await clock.advance(1_000);
  expect(confirmed).toEqual([1, 2]);
  expect(sends).toHaveLength(2);
});

test('a commit that was not stored is sent again, with what is to be said by then', async () => {
  const { clock, commits, sends, confirmed, failures } = createBench();
  commits.now();
  sends[0]!.reject(new Error('no answer'));
  await quiet();
  expect(sends).toHaveLength(1);
  await clock.advance(5_000);
  expect(failures).toHaveLength(1);
  expect(sends).toHaveLength(2);
  sends[1]!.resolve();
  await clock.advance(5_000);
  expect(confirmed).toEqual([2]);
  expect(sends).toHaveLength(2);
});

test('a flush resolves only when a commit that was collected after it is stored', async () => {
  const { commits, sends } = createBench();
  const answers: boolean[] = [];
  commits.now();
  void commits.flush().then((stored) => answers.push(stored));
  sends[0]!.resolve();
  await quiet();
  expect(answers).toEqual([]);
  sends[1]!.resolve();
  await quiet();
  expect(answers).toEqual([true]);
});

test('a flush waits over failures until it is stored', async () => {
  const { clock, commits, sends } = createBench();
  const answers: boolean[] = [];
  void commits.flush().then((stored) => answers.push(stored));
  sends[0]!.reject(new Error('no answer'));
  await clock.advance(5_000);
  expect(answers).toEqual([]);
  sends[1]!.resolve();
  await quiet();
  expect(answers).toEqual([true]);
});

test('a flush with nothing to say sends nothing', async () => {
  const { commits, sends } = createBench({ left: 0 });
  expect(await commits.flush()).toBe(true);
  expect(sends).toHaveLength(0);
});

test('after a refusal nothing is sent any more, and who waits is told so', async () => {
  const { clock, commits, sends } = createBench({ hopeless: () => true });
  const flushing = commits.flush();
  sends[0]!.reject(new Error('another generation'));
  expect(await flushing).toBe(false);
  commits.now();
  commits.soon();
  expect(await commits.flush()).toBe(false);
  await clock.advance(10_000);
  expect(sends).toHaveLength(1);
  expect(clock.timers()).toBe(0);
});

test('what is answered after the end counts neither as stored nor as failed', async () => {
  for (const settle of ['resolve', 'reject'] as const) {
    const { clock, commits, sends, confirmed, failures } = createBench();
    const flushing = commits.flush();
    commits.now();
    commits.close();
    sends[0]![settle]();
    expect(await flushing).toBe(false);
    await clock.advance(10_000);
    expect([confirmed, failures, sends.length]).toEqual([[], [], 1]);
  }
});

test('the end cancels the commit that is due, and the next try of one that has failed', async () => {
  const due = createBench();
  due.commits.soon();
  due.commits.close();
  const tried = createBench();
  const flushing = tried.commits.flush();
  tried.sends[0]!.reject(new Error('no answer'));
  await quiet();
  tried.commits.close();
  expect(await flushing).toBe(false);
  for (const { clock, sends } of [due, tried]) {
    await clock.advance(10_000);
    expect(clock.timers()).toBe(0);
    expect(sends.length).toBeLessThan(2);
  }
  expect(due.sends).toHaveLength(0);
});
