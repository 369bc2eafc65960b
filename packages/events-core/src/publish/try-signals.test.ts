import { describe, expect, it } from 'vitest';
import { createTestClock } from '../ports/test-clock.test-support.ts';
import { createTrySignals, type OpenTry } from './try-signals.ts';

interface NamedTry extends OpenTry<NamedTry> {
  readonly name: string;
}

function setUp() {
  const clock = createTestClock();
  const abandoned: string[] = [];
  const signals = createTrySignals<NamedTry>(clock, 1_000, ({ name }) => abandoned.push(name));
  const begin = (name = '', aloneForMs?: number) => {
    const begun: NamedTry = { name, slot: undefined, previous: undefined, next: undefined };
    const slot = aloneForMs === undefined ? signals.join(begun) : signals.joinAlone(begun, aloneForMs);
    return { signal: slot.signal, leave: () => signals.leave(begun, slot) };
  };
  return { clock, abandoned, begin };
}

describe('the signal of a try', () => {
  it('aborts after the timeout, at most 2.5 % late and never early', async () => {
    const { clock, begin } = setUp();
    const { signal } = begin();
    await clock.advance(1_000);
    expect(signal.aborted).toBe(false);
    await clock.advance(25);
    expect(signal.aborted).toBe(true);
  });

  it('is shared by tries that begin close together, and is early for none of them', async () => {
    const { clock, begin } = setUp();
    const first = begin();
    await clock.advance(24);
    const second = begin();
    expect(second.signal).toBe(first.signal);
    expect(clock.timers()).toBe(1);
    await clock.advance(1_000);
    expect(second.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(second.signal.aborted).toBe(true);
  });

  it('is another one for a try that begins later', async () => {
    const { clock, begin } = setUp();
    const first = begin();
    await clock.advance(25);
    expect(begin().signal).not.toBe(first.signal);
  });

  it('is its own, and aborts at its own time, for a try that has less time', async () => {
    const { clock, begin } = setUp();
    const shared = begin();
    const alone = begin('', 300);
    expect(alone.signal).not.toBe(shared.signal);
    await clock.advance(300);
    expect([shared.signal.aborted, alone.signal.aborted]).toEqual([false, true]);
  });

  it('frees its timer when the last try that shares it has ended', () => {
    const { clock, begin } = setUp();
    const first = begin();
    const second = begin();
    expect(first.leave()).toBe(true);
    expect(clock.timers()).toBe(1);
    expect(second.leave()).toBe(true);
    expect(clock.timers()).toBe(0);
  });

  it('is a fresh one after the last one was freed, so that it can still abort', async () => {
    const { clock, begin } = setUp();
    begin().leave();
    const { signal } = begin();
    await clock.advance(1_025);
    expect(signal.aborted).toBe(true);
  });

  it('aborts in time although somebody sets the machine’s time back', async () => {
    const { clock, begin } = setUp();
    const { signal } = begin();
    clock.set(clock.now() - 3_600_000);
    await clock.advance(1_025);
    expect(signal.aborted).toBe(true);
  });
});

describe('a try whose adapter ignores the signal', () => {
  it('is abandoned one second later, and what it answers then is too late', async () => {
    const { clock, abandoned, begin } = setUp();
    const deaf = begin('deaf');
    const other = begin('ended');
    await clock.advance(1_025);
    expect(other.leave()).toBe(true);
    await clock.advance(999);
    expect(abandoned).toEqual([]);
    await clock.advance(1);
    expect(abandoned).toEqual(['deaf']);
    expect(deaf.leave()).toBe(false);
    expect(clock.timers()).toBe(0);
  });

  it('leaves no timer behind when it ends within that second', async () => {
    const { clock, abandoned, begin } = setUp();
    const slow = begin('slow');
    await clock.advance(1_500);
    expect(slow.leave()).toBe(true);
    expect(clock.timers()).toBe(0);
    expect(abandoned).toEqual([]);
  });
});
