import { expect, test } from 'vitest';
import { createRight } from './right.ts';
import { createTestClock } from './test-clock.test-support.ts';

function createBench() {
  const clock = createTestClock();
  const lapses: string[] = [];
  const lease = {
    endsAt: 1_000,
    get over() {
      return clock.elapsed() >= this.endsAt;
    },
  };
  const right = createRight({
    clock,
    lease,
    lapsed(why) {
      lapses.push(why.message);
      right.giveUp(why);
    },
  });
  return { clock, lapses, lease, right };
}

test('it stands until its lease ends, and says once why it is gone', async () => {
  const { clock, lapses, right } = createBench();
  right.watch();
  await clock.advance(999);
  expect([right.stands(), right.signal.aborted]).toEqual([true, false]);
  await clock.advance(1);
  expect([right.stands(), right.signal.aborted, lapses.length]).toEqual([false, true, 1]);
  expect(right.signal.reason).toMatchObject({ message: lapses[0] });
});

test('a lease that was renewed meanwhile is watched on', async () => {
  const { clock, lease, right } = createBench();
  right.watch();
  lease.endsAt = 5_000;
  await clock.advance(4_999);
  expect(right.signal.aborted).toBe(false);
  await clock.advance(1);
  expect(right.signal.aborted).toBe(true);
});

test('who asks finds a lease that is over before any timer does', async () => {
  const { lapses, lease, right } = createBench();
  right.watch();
  lease.endsAt = 0;
  expect([right.stands(), right.signal.aborted, lapses.length]).toEqual([false, true, 1]);
});

test('one that was given up stands no more, keeps its reason, and waits for nothing', async () => {
  const { clock, lapses, right } = createBench();
  right.watch();
  right.giveUp(new Error('moved'));
  right.giveUp(new Error('later'));
  expect([right.stands(), right.signal.reason, clock.timers()]).toEqual([false, new Error('moved'), 0]);
  await clock.advance(2_000);
  expect(lapses).toEqual([]);
});
