import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settled } from '../ports/test-clock.test-support.ts';
import { createLanes } from './lanes.ts';

describe('lanes', () => {
  it('begin at once where the lane is empty', () => {
    let begun = false;
    void createLanes().run('a', async () => void (begun = true));
    expect(begun).toBe(true);
  });

  it('give back what the work returns, or its error', async () => {
    const lanes = createLanes();
    expect(await lanes.run('a', async () => 5)).toBe(5);
    await expect(lanes.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('go on after work that failed', async () => {
    const lanes = createLanes();
    const failing = lanes.run('a', () => Promise.reject(new Error('no')));
    const next = lanes.run('a', async () => 'done');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('done');
  });

  it('stay taken after the work for as long as it asks, which holds up nobody who waits for the work', async () => {
    const lanes = createLanes();
    const { promise, resolve } = Promise.withResolvers<void>();
    let begun = false;
    expect(
      await lanes.run('a', async (holdUntil) => {
        holdUntil(promise);
        return 'done';
      }),
    ).toBe('done');
    const next = lanes.run('a', async () => void (begun = true));
    await settled();
    expect(begun).toBe(false);
    resolve();
    await next;
    expect(begun).toBe(true);
  });

  it('run side by side', async () => {
    const lanes = createLanes();
    void lanes.run('a', () => new Promise(() => {}));
    expect(await lanes.run('b', async () => 'done')).toBe('done');
  });

  it('run the work of each lane one at a time, in order of arrival, whatever takes how long and fails', async () => {
    const works = fc.array(fc.record({ lane: fc.constantFrom('a', 'b', 'c'), fails: fc.boolean() }), { maxLength: 30 });
    const oneRun = fc.asyncProperty(works, fc.scheduler(), async (all, scheduler) => {
      const lanes = createLanes();
      const running = new Set<string>();
      const finished: Record<string, number[]> = { a: [], b: [], c: [] };
      const results = all.map(({ lane, fails }, number) =>
        lanes.run(lane, async () => {
          expect(running.has(lane)).toBe(false);
          running.add(lane);
          await scheduler.schedule(Promise.resolve(), `${lane}${number}`);
          running.delete(lane);
          finished[lane]?.push(number);
          if (fails) throw new Error(`${number}`);
        }),
      );
      const outcomes = Promise.allSettled(results);
      await scheduler.waitFor(outcomes);
      const failures = (await outcomes).map(({ status }) => status === 'rejected');
      expect(failures).toEqual(all.map(({ fails }) => fails));
      for (const [lane, numbers] of Object.entries(finished)) {
        expect(numbers).toEqual([...all.keys()].filter((number) => all[number]?.lane === lane));
      }
    });
    await fc.assert(oneRun);
    await settled();
  });
});
