import { expect, test } from 'vitest';
import { createPulseBench } from './pulse.test-support.ts';

test('the lease is renewed by when a heartbeat was sent, not by when it was answered', async () => {
  const { clock, lease, pulse, heartbeat } = createPulseBench();
  pulse.joined();
  await clock.advance(5_000);
  heartbeat(1, { duration: 1_500 });
  expect(lease.endsAt).toBe(33_500);
});

test('a duration that the machine’s time has made negative renews nothing', async () => {
  const { clock, lease, pulse, heartbeat } = createPulseBench();
  pulse.joined();
  await clock.advance(5_000);
  heartbeat(1, { duration: -3_600_000 });
  expect(lease.endsAt).toBe(30_000);
});

test('an assignment is its own from when it was asked for', async () => {
  const { clock, lease, pulse, answer } = createPulseBench();
  await clock.advance(9_000);
  answer('SyncGroup', { duration: 2_000 });
  pulse.joined();
  expect([pulse.steady, lease.endsAt]).toEqual([true, 37_000]);
});

test('it tells whether and when something was last fetched', async () => {
  const { clock, pulse, fetch } = createPulseBench();
  expect([pulse.fetching, pulse.lastFetchAgeMs]).toEqual([false, undefined]);
  fetch();
  await clock.advance(14_999);
  expect([pulse.fetching, pulse.lastFetchAgeMs]).toEqual([true, 14_999]);
  await clock.advance(1);
  expect(pulse.fetching).toBe(false);
});

test('when nothing is fetched for too long the connections are given up, once', async () => {
  const { clock, pulse, told, heartbeat } = createPulseBench();
  pulse.joined();
  await clock.advance(15_000);
  expect(told).toEqual([]);
  for (let seconds = 0; seconds < 60; seconds += 1) {
    heartbeat(1);
    await clock.advance(1_000);
  }
  expect(told).toEqual(['cut']);
});

test('one that fetches again after a cut is cut again when it falls silent again, and not given up', async () => {
  const { clock, kafka, pulse, told, live } = createPulseBench();
  kafka.lastProgressAt = () => clock.now();
  pulse.joined();
  await clock.advance(16_000);
  expect(told).toEqual(['cut']);
  await live(3_000);
  await clock.advance(16_000);
  expect(told).toEqual(['cut', 'cut']);
});

test('one that stays silent while others have answers is given up ten seconds later', async () => {
  const { clock, kafka, pulse, told, heartbeat } = createPulseBench();
  kafka.lastProgressAt = () => clock.now();
  pulse.joined();
  const passWithHeartbeats = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed += 1) {
      heartbeat(1);
      await clock.advance(1_000);
    }
  };
  await passWithHeartbeats(16 + 16 + 10);
  expect(told).toEqual(['cut']);
  await passWithHeartbeats(1);
  expect(told).toEqual(['cut', 'fail']);
});

test('one whose session is over is given up four seconds after the cut, once others have answers', async () => {
  const { clock, kafka, pulse, told } = createPulseBench();
  pulse.joined();
  await clock.advance(45_000);
  expect(told).toEqual(['cut']);
  kafka.lastProgressAt = () => clock.now();
  await clock.advance(1_000);
  expect(told).toEqual(['cut', 'fail']);
});

test('one that fetches and has sent no heartbeat since its session leaves and joins anew', async () => {
  const { clock, fetch, pulse, told } = createPulseBench();
  pulse.joined();
  for (let passed = 0; passed < 35; passed += 1) {
    fetch();
    await clock.advance(1_000);
  }
  expect(told).toEqual([]);
  fetch();
  await clock.advance(1_000);
  expect(told).toEqual(['quit']);
});

test('answers from before the cut do not count', async () => {
  const { clock, kafka, pulse, told } = createPulseBench();
  pulse.joined();
  await clock.advance(15_000);
  const before = clock.now();
  kafka.lastProgressAt = () => before;
  await clock.advance(30_000);
  expect(told).toEqual(['cut']);
});

test('while Kafka answers nobody the consumer is kept', async () => {
  const { clock, kafka, pulse, told } = createPulseBench();
  const lastAt = clock.now();
  kafka.lastProgressAt = () => lastAt;
  pulse.joined();
  await clock.advance(600_000);
  expect(told).toEqual(['cut']);
});

test('a consumer that cannot join within the rebalance timeout and fifteen seconds is given up', async () => {
  const outside = createPulseBench();
  await outside.clock.advance(90_000);
  expect(outside.told).toEqual([]);
  await outside.clock.advance(1_000);
  expect(outside.told).toEqual(['fail']);
  const again = createPulseBench();
  again.pulse.joined();
  await again.live(60_000);
  again.pulse.joining();
  await again.clock.advance(90_000);
  expect(again.told).toEqual([]);
  await again.clock.advance(1_000);
  expect(again.told).toEqual(['fail']);
});

test('two requests in a row without an answer cost the connections to their broker', () => {
  const { told, timeOut } = createPulseBench();
  timeOut('Heartbeat');
  expect(told).toEqual([]);
  timeOut('OffsetCommit');
  expect(told).toEqual(['cut one:1']);
  timeOut('Heartbeat');
  expect(told).toHaveLength(1);
});

test('requests without an answer are counted by connection, and an answer begins anew', () => {
  const { told, timeOut, answer } = createPulseBench();
  timeOut('Heartbeat');
  timeOut('Fetch');
  timeOut('Heartbeat', 'two:1');
  expect(told).toEqual([]);
  answer('Metadata');
  timeOut('Heartbeat');
  expect(told).toEqual([]);
  timeOut('Fetch');
  expect(told).toEqual(['cut one:1']);
});

test('after its end there is neither a timer nor a listener', async () => {
  const { clock, pulse, listeners } = createPulseBench();
  let beats = 0;
  pulse.joined();
  pulse.beat(
    async () => void (beats += 1),
    () => {},
  );
  pulse.close();
  await clock.advance(100_000);
  expect([beats, clock.timers(), listeners.size]).toEqual([1, 0, 0]);
});
