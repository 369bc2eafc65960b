import { expect, test } from 'vitest';
import { answered } from '../publishing/fake-kafka.test-support.ts';
import { createPulseBench } from './pulse.test-support.ts';
import { quiet } from './test-clock.test-support.ts';

const never = new Promise<void>(() => {});

/** A member of generation 1 that is about to join again. */
async function lettingGo(closed: Promise<void> = never) {
  const bench = createPulseBench();
  bench.pulse.joined();
  await bench.live(10_000);
  bench.pulse.joining();
  bench.pulse.letGo(closed);
  return bench;
}

test('heartbeats go on beside the client’s own while handlers are waited for, and stop once the join is sent', async () => {
  const { clock, pulse } = createPulseBench();
  let beats = 0;
  pulse.joined();
  pulse.beat(
    async () => void (beats += 1),
    () => {},
  );
  expect(beats).toBe(1);
  await clock.advance(6_000);
  expect(beats).toBe(3);
  pulse.joining();
  await clock.advance(6_000);
  expect(beats).toBe(5);
  pulse.letGo(never);
  await clock.advance(6_000);
  expect(beats).toBe(5);
  pulse.joined();
  await clock.advance(3_000);
  expect(beats).toBe(6);
});

test('being asked to join again prolongs the session, but not the time for joining', async () => {
  const { clock, lease, pulse, answer } = createPulseBench();
  pulse.joined();
  pulse.joining();
  const asked = async () => {
    answer('Heartbeat', { duration: 0 });
    throw answered('REBALANCE_IN_PROGRESS');
  };
  pulse.beat(asked, () => {});
  await clock.advance(30_000);
  expect(lease.endsAt).toBe(60_000);
  await clock.advance(30_000);
  expect(lease.endsAt).toBe(75_000);
});

test.for(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'])(
  'a heartbeat that is answered with %s says that the member is expelled',
  async (type) => {
    const { pulse } = createPulseBench();
    const refusal = answered(type);
    const expelled: unknown[] = [];
    pulse.joined();
    pulse.beat(
      () => Promise.reject(refusal),
      (error) => void expelled.push(error),
    );
    await quiet();
    expect(expelled).toEqual([refusal]);
  },
);

test('a heartbeat that fails otherwise means nothing', async () => {
  const { pulse, lease, told } = createPulseBench();
  const expelled: unknown[] = [];
  pulse.joined();
  for (const error of [new Error('closed'), answered('COORDINATOR_NOT_AVAILABLE')])
    pulse.beat(
      () => Promise.reject(error),
      (why) => void expelled.push(why),
    );
  await quiet();
  expect([expelled, told, lease.endsAt]).toEqual([[], [], 30_000]);
});

test('one whose request to join was refused has its assignment still, once the coordinator confirms it', async () => {
  const { clock, pulse, heartbeat, answer, lease, told, live } = await lettingGo();
  await clock.advance(500);
  answer('JoinGroup');
  await clock.advance(500);
  heartbeat(1);
  expect([pulse.steady, lease.endsAt]).toEqual([true, 41_000]);
  await live(60_000);
  expect(told).toEqual([]);
});

test('a heartbeat that was sent before the join was answered confirms nothing', async () => {
  const { clock, pulse, heartbeat, answer, lease } = await lettingGo();
  const { endsAt } = lease;
  await clock.advance(500);
  answer('JoinGroup');
  heartbeat(1, { duration: 400 });
  expect([pulse.steady, lease.endsAt]).toEqual([false, endsAt]);
});

test('a heartbeat of another assignment confirms nothing', async () => {
  const { clock, pulse, heartbeat, answer } = await lettingGo();
  answer('JoinGroup');
  await clock.advance(500);
  heartbeat(2);
  expect(pulse.steady).toBe(false);
});

test('a commit of the assignment says which one it is, as a heartbeat does', async () => {
  const bench = createPulseBench();
  bench.pulse.joined();
  bench.commit(7);
  bench.pulse.joining();
  bench.pulse.letGo(never);
  bench.answer('JoinGroup');
  await bench.clock.advance(500);
  bench.heartbeat(7);
  expect(bench.pulse.steady).toBe(true);
});

test('a request to join whose connection has ended may still be carried out for a second', async () => {
  const { clock, pulse, heartbeat } = await lettingGo(Promise.resolve());
  await clock.advance(1_000);
  heartbeat(1);
  expect(pulse.steady).toBe(false);
  await clock.advance(1);
  heartbeat(1);
  expect(pulse.steady).toBe(true);
});

test('the connection of an earlier join says nothing about the one that is under way', async () => {
  const closed = Promise.withResolvers<void>();
  const { clock, pulse, heartbeat, answer } = await lettingGo(closed.promise);
  answer('JoinGroup');
  await clock.advance(500);
  heartbeat(1);
  pulse.joining();
  await clock.advance(500);
  pulse.letGo(never);
  closed.resolve();
  await clock.advance(2_000);
  heartbeat(1);
  expect(pulse.steady).toBe(false);
});

test('a member whose group goes on as if it had not joined leaves after four seconds, with a word', async () => {
  const { clock, told, heartbeat } = await lettingGo();
  await clock.advance(2_000);
  for (let seconds = 0; seconds < 5; seconds += 1) {
    heartbeat(1);
    await clock.advance(1_000);
    expect(told).toEqual(seconds < 4 ? [] : ['quit']);
  }
});

test('an assignment that comes in time ends the suspicion', async () => {
  const { clock, told, heartbeat, pulse, live } = await lettingGo();
  heartbeat(1);
  await clock.advance(3_000);
  pulse.joined();
  await live(20_000, 2);
  expect([told, pulse.steady]).toEqual([[], true]);
});
