import { expect, test } from 'vitest';
import { createMembershipBench } from './membership.test-support.ts';
import { quiet } from './test-clock.test-support.ts';

const looking = ['begin t', 't since 101'];

test('it reads the topics of events, those of retries, and what is due at once', () => {
  expect(createMembershipBench().topics).toEqual(['t', 'r', 'n']);
});

test('the first assignment makes it ready, is told of, and what is fetched from then on is handed over', async () => {
  const { membership, owned, join, take, places } = createMembershipBench();
  let ready = false;
  void membership.ready.then(() => (ready = true));
  await quiet();
  expect([ready, membership.epoch]).toEqual([false, undefined]);
  await join();
  expect([ready, owned, membership.epoch?.running]).toEqual([true, [{ t: [0] }], true]);
  await take({ from: 2, count: 2 });
  expect(places()).toEqual(['t/0/2', 't/0/3']);
});

test('a batch that nobody is there to take is held for 250 ms', async () => {
  const { take, clock } = createMembershipBench();
  const early = await take({ from: 2, count: 2 });
  await clock.advance(249);
  expect(early.taken).toBe(false);
  await clock.advance(1);
  expect(early.taken).toBe(true);
});

test('another assignment ends the right to what was read under the one before', async () => {
  const { membership, events, owned, join, take, out } = createMembershipBench();
  await join();
  await take({ from: 2, count: 1 });
  events.joined({});
  expect(out[0]!.delivery.signal.aborted).toBe(true);
  expect(out[0]!.delivery.signal.reason).toMatchObject({ message: expect.stringContaining('another consumer') });
  expect([owned.at(-1), membership.epoch?.signal.aborted]).toEqual([{}, false]);
});

test('before it joins again it wants back what is out, and waits for that and for the last commit', async () => {
  const { events, join, take, out, commits } = createMembershipBench();
  await join();
  await take({ from: 2, count: 2 });
  let letGo = false;
  void events.lettingGo({ expelled: false }).then(() => (letGo = true));
  await quiet();
  expect([letGo, out.map(({ delivery }) => delivery.recalled?.aborted)]).toEqual([false, [true, true]]);
  out[0]!.settle({ kind: 'ack' });
  out[1]!.settle({ kind: 'release' });
  await quiet();
  expect([letGo, commits.at(-1)?.offsets]).toEqual([true, { 't/0': 3 }]);
});

test('where no order is kept others need not wait longer than three seconds for what runs', async () => {
  const { events, join, take, out, clock } = createMembershipBench();
  await join();
  await take({ from: 2, count: 1 });
  let letGo = false;
  void events.lettingGo({ expelled: false }).then(() => (letGo = true));
  await clock.advance(2_999);
  expect([letGo, out[0]!.delivery.signal.aborted]).toEqual([false, false]);
  await clock.advance(1);
  expect([letGo, out[0]!.delivery.signal.aborted]).toEqual([true, true]);
});

test('a member that is expelled has no right from that moment, and commits nothing', async () => {
  for (const expelled of [true, false]) {
    const { events, join, take, out, commits } = createMembershipBench();
    await join();
    await take({ from: 2, count: 1 });
    const said = commits.length;
    if (expelled) void events.lettingGo({ expelled });
    else events.expelled(new Error('UNKNOWN_MEMBER_ID'));
    expect(out[0]!.delivery.signal.aborted).toBe(true);
    out[0]!.settle({ kind: 'ack' });
    await quiet();
    expect(commits).toHaveLength(said);
  }
});

test('a right that was given up for want of news begins again with good news, where the group has committed', async () => {
  const { membership, events, state, clock, calls, join, take, places } = createMembershipBench();
  state.leaseEndsAt = 1_000;
  await join();
  const { epoch } = membership;
  await clock.advance(1_000);
  expect([epoch?.signal.aborted, membership.epoch]).toEqual([true, epoch]);
  state.leaseEndsAt = 1e9;
  calls.length = 0;
  events.confirmed();
  await quiet();
  expect([membership.epoch === epoch, membership.epoch?.running]).toEqual([false, true]);
  // The client has read on meanwhile.
  expect(calls).toContain('seek t/0 2');
  await take({ from: 2, count: 1 });
  expect(places()).toEqual(['t/0/2']);
});

test('good news change nothing while the right stands, nor before there is an assignment', async () => {
  const { membership, events, join } = createMembershipBench();
  events.confirmed();
  expect(membership.epoch).toBeUndefined();
  await join();
  const { epoch } = membership;
  events.confirmed();
  expect(membership.epoch).toBe(epoch);
});

test('it consumes while it hands over, or has not for five seconds at most', async () => {
  const { membership, member, events, clock, join } = createMembershipBench();
  expect(membership.consuming).toBe(true);
  await clock.advance(5_001);
  expect(membership.consuming).toBe(false);
  await join();
  await clock.advance(60_000);
  expect(membership.consuming).toBe(true);
  events.expelled(new Error('UNKNOWN_MEMBER_ID'));
  await clock.advance(5_000);
  expect(membership.consuming).toBe(true);
  await clock.advance(1);
  expect(membership.consuming).toBe(false);
  await join();
  member.consuming = false;
  expect(membership.consuming).toBe(false);
});

test('after a fetch that failed it looks for another log after 250 ms, and 1, 2 and 4 s later each', async () => {
  const { events, clock, asked, failed, join } = createMembershipBench();
  await join();
  asked();
  events.fetchFailed?.();
  const lookedAt: number[] = [];
  for (let passed = 250; passed <= 20_000; passed += 250) {
    await clock.advance(250);
    const questions = asked();
    if (questions.length === 0) continue;
    expect(questions).toEqual(looking);
    lookedAt.push(passed);
  }
  expect([lookedAt, failed]).toEqual([[250, 1_250, 3_250, 7_250], []]);
});

test('fetches that fail while it looks do not have it look more often; one that fails later does', async () => {
  const { events, clock, asked, join } = createMembershipBench();
  await join();
  asked();
  for (let passed = 0; passed < 7_000; passed += 500) {
    events.fetchFailed?.();
    await clock.advance(500);
  }
  await clock.advance(1_000);
  expect(asked()).toHaveLength(4 * looking.length);
  events.fetchFailed?.();
  await clock.advance(250);
  expect(asked()).toEqual(looking);
});

test('a log that is another one has it begin anew, with a word to the group, and it looks no more', async () => {
  const { events, clock, asked, log, failed, join } = createMembershipBench();
  await join();
  events.fetchFailed?.();
  await clock.advance(250);
  log.appended.t[0] = [300, 301, 302];
  asked();
  await clock.advance(999);
  expect([asked(), failed]).toEqual([[], []]);
  await clock.advance(1);
  expect([asked(), failed.map(String)]).toEqual([
    looking,
    ['Error: t/0 was deleted and made again: the group reads it anew.'],
  ]);
  await clock.advance(20_000);
  expect([asked(), failed.length]).toEqual([[], 1]);
});

test('a look without an answer is made up for by the next one', async () => {
  // What it asks for when it is assigned partitions has an answer.
  const failures = [undefined, undefined, undefined, new Error('no answer')];
  const { events, clock, asked, log, failed, join } = createMembershipBench({ failures });
  await join();
  asked();
  log.appended.t[0] = [300];
  events.fetchFailed?.();
  await clock.advance(250);
  expect([asked(), failed]).toEqual([[], []]);
  await clock.advance(1_000);
  expect([asked(), failed.length]).toEqual([looking, 1]);
});

test('after a fetch that failed nothing is taken before it is known to be of the same log', async () => {
  const { events, log, calls, join, take, places } = createMembershipBench();
  await join();
  events.fetchFailed?.();
  await take({ from: 2, count: 1 });
  expect(places()).toEqual(['t/0/2']);
  log.appended.t[0] = [300, 301, 302, 303];
  events.fetchFailed?.();
  await take({ from: 3, count: 1 });
  expect([places(), calls.at(-1)]).toEqual([['t/0/2'], 'seek t/0 0']);
});

test.for(['drains', 'leaves', 'fails'] as const)(
  'a membership that %s looks for no other log any more',
  async (how) => {
    const { membership, events, over, clock, asked, log, failed, join } = createMembershipBench();
    await join();
    events.fetchFailed?.();
    asked();
    log.appended.t[0] = [300, 301, 302];
    if (how === 'drains') void membership.drain({ recall: false });
    else if (how === 'leaves') void membership.leave(new AbortController().signal);
    else over.reject(new Error('gone'));
    await clock.advance(20_000);
    expect([asked(), failed, clock.timers()]).toEqual([[], [], 0]);
  },
);

test('a drain takes nothing more, waits for what is out, and nothing begins after it', async () => {
  const { membership, events, state, join, take, out, places } = createMembershipBench();
  await join();
  await take({ from: 2, count: 1 });
  let drained = false;
  void membership.drain({ recall: false }).then(() => (drained = true));
  await take({ from: 3, count: 1 });
  expect([drained, places(), out[0]!.delivery.recalled?.aborted]).toEqual([false, ['t/0/2'], false]);
  out[0]!.settle({ kind: 'ack' });
  await quiet();
  expect([drained, membership.epoch?.signal.aborted, state.leaseOver]).toEqual([true, true, false]);
  const { epoch } = membership;
  events.confirmed();
  events.joined({ t: [0] });
  expect(membership.epoch).toBe(epoch);
});

test('a drain before the first assignment has nothing to wait for', async () => {
  const { membership, events } = createMembershipBench();
  await membership.drain({ recall: false });
  events.joined({ t: [0] });
  expect(membership.epoch).toBeUndefined();
});

test('whoever leaves loses the right to what is still out first, and then tells the group', async () => {
  const { membership, member, join, take, out, commits } = createMembershipBench();
  await join();
  await take({ from: 2, count: 1 });
  const said = commits.length;
  const leaving = membership.leave(new AbortController().signal);
  expect([out[0]!.delivery.signal.aborted, member.leaves]).toEqual([true, 1]);
  await leaving;
  await membership.over;
  expect(commits).toHaveLength(said);
  await membership.ready;
});

test('one that has left before its first assignment was never ready', async () => {
  const { membership } = createMembershipBench();
  await membership.leave(new AbortController().signal);
  await expect(membership.ready).rejects.toThrow('left its group');
});

test('what ended its member is why it is over, why it is not ready, and why the right is lost', async () => {
  const failure = new Error('gone');
  const early = createMembershipBench();
  early.over.reject(failure);
  await expect(early.membership.ready).rejects.toBe(failure);
  await expect(early.membership.over).rejects.toBe(failure);
  const { membership, over, join, take, out } = createMembershipBench();
  await join();
  await take({ from: 2, count: 1 });
  over.reject(failure);
  await quiet();
  expect(out[0]!.delivery.signal.reason).toMatchObject({ cause: failure });
  await membership.ready;
});
