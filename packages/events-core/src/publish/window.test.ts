import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestClock, settled } from '../ports/test-clock.test-support.ts';
import { createWindow } from './window.ts';

const timeoutMs = 1_000;

function setUp({ size = 1, maxWaitingBytes = 100, opened = true } = {}) {
  const clock = createTestClock();
  const window = createWindow({ size, maxWaitingBytes, clock });
  if (opened) window.open();
  const told: string[] = [];
  /** What a publish does; says into `told` how it went. */
  function enter(name: string, bytes = 1): void {
    if (window.tryEnter()) return void told.push(`${name} entered`);
    const place = window.wait(bytes, clock.elapsed() + timeoutMs);
    if (place === undefined) return void told.push(`${name} full`);
    place.then(
      (outcome) => told.push(`${name} ${outcome}`),
      (error: unknown) => told.push(`${name} ${String(error)}`),
    );
  }
  return { clock, window, told, enter };
}

describe('a window', () => {
  it('lets in as many as it has places, and the next when one leaves', async () => {
    const { window, told, enter } = setUp({ size: 2 });
    for (const name of ['a', 'b', 'c']) enter(name);
    await settled();
    expect(told).toEqual(['a entered', 'b entered']);
    window.leave();
    await settled();
    expect(told).toEqual(['a entered', 'b entered', 'c entered']);
  });

  it('is shut until it is opened, then lets in who waited, in order', async () => {
    const { window, told, enter } = setUp({ size: 2, opened: false });
    for (const name of ['a', 'b', 'c']) enter(name);
    await settled();
    expect(told).toEqual([]);
    window.open();
    await settled();
    expect(told).toEqual(['a entered', 'b entered']);
  });

  it('lets nobody overtake those who wait', async () => {
    const { window, told, enter } = setUp();
    enter('a');
    enter('b');
    window.leave();
    enter('c');
    window.leave();
    await settled();
    expect(told).toEqual(['a entered', 'b entered', 'c entered']);
  });

  it('tells those who wait too long, each at its own time', async () => {
    const { clock, told, enter } = setUp({ size: 1 });
    enter('a');
    enter('b');
    await clock.advance(400);
    enter('c');
    await clock.advance(599);
    expect(told).toEqual(['a entered']);
    await clock.advance(1);
    expect(told).toEqual(['a entered', 'b timed-out']);
    await clock.advance(400);
    expect(told).toEqual(['a entered', 'b timed-out', 'c timed-out']);
  });

  it('keeps no timer when nobody waits', async () => {
    const { clock, window, enter } = setUp();
    enter('a');
    enter('b');
    expect(clock.timers()).toBe(1);
    window.leave();
    expect(clock.timers()).toBe(0);
  });

  it('has no room for more bytes than may wait, and has room again when they were let in or gave up', async () => {
    const { clock, window, told, enter } = setUp({ maxWaitingBytes: 100 });
    enter('a');
    enter('b', 60);
    enter('c', 41);
    enter('d', 40);
    expect(told).toEqual(['a entered', 'c full']);
    window.leave();
    enter('e', 60);
    await clock.advance(timeoutMs);
    enter('f', 100);
    expect(told).toEqual(['a entered', 'c full', 'b entered', 'd timed-out', 'e timed-out']);
  });

  it('rejects all who wait, and serves those who come later', async () => {
    const { clock, window, told, enter } = setUp({ size: 2, opened: false });
    enter('a', 50);
    enter('b', 50);
    window.rejectAll('no such host');
    await settled();
    expect(told).toEqual(['a no such host', 'b no such host']);
    expect(clock.timers()).toBe(0);
    enter('c', 100);
    window.open();
    await settled();
    expect(told.at(-1)).toBe('c entered');
  });
});

type Step =
  | { readonly do: 'enter'; readonly bytes: number }
  | { readonly do: 'leave' }
  | { readonly do: 'open' }
  | { readonly do: 'pass'; readonly ms: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('enter' as const), bytes: fc.integer({ min: 1, max: 60 }) }),
    fc.constantFrom({ do: 'leave' as const }, { do: 'leave' as const }, { do: 'open' as const }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 600 }) }),
  ),
  { maxLength: 40 },
);

describe('whatever is done to a window', () => {
  it('never holds more than its size, lets in first come first served, bounds the bytes that wait, and answers in time', async () => {
    const oneRun = fc.asyncProperty(fc.integer({ min: 1, max: 3 }), steps, async (size, todo) => {
      const clock = createTestClock();
      const window = createWindow({ size, maxWaitingBytes: 100, clock });
      const entered: number[] = [];
      const waiting = new Map<number, { readonly bytes: number; readonly due: number }>();
      let inside = 0;
      const come = (number: number) => {
        inside += 1;
        entered.push(number);
      };
      for (const [number, step] of todo.entries()) {
        if (step.do === 'pass') await clock.advance(step.ms);
        else if (step.do === 'open') window.open();
        else if (step.do === 'leave') {
          if (inside === 0) continue;
          inside -= 1;
          window.leave();
        } else if (window.tryEnter()) {
          expect(waiting.size).toBe(0);
          come(number);
        } else {
          const due = clock.elapsed() + timeoutMs;
          const place = window.wait(step.bytes, due);
          const bytes = [...waiting.values()].reduce((sum, one) => sum + one.bytes, 0);
          expect(place === undefined).toBe(bytes + step.bytes > 100);
          if (place === undefined) continue;
          waiting.set(number, { bytes: step.bytes, due });
          void place.then((outcome) => {
            waiting.delete(number);
            if (outcome === 'entered') come(number);
          });
        }
        await settled();
        expect(inside).toBeLessThanOrEqual(size);
        for (const { due } of waiting.values()) expect(due).toBeGreaterThan(clock.elapsed());
      }
      expect(entered).toEqual(entered.toSorted((one, other) => one - other));
    });
    await fc.assert(oneRun);
  });
});
