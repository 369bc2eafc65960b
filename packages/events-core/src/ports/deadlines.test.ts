import { describe, expect, it } from 'vitest';
import { createDeadlines, type Deadline } from './deadlines.ts';
import { createTestClock } from './test-clock.test-support.ts';

interface NamedDeadline extends Deadline<NamedDeadline> {
  readonly name: string;
}

function setUp() {
  const clock = createTestClock();
  const missed: string[] = [];
  const deadlines = createDeadlines<NamedDeadline>(clock, 1_000);
  const add = (name: string, then: () => void = () => {}) => {
    const deadline = {
      name,
      due: 0,
      previous: undefined,
      next: undefined,
      miss() {
        missed.push(name);
        then();
      },
    };
    deadlines.add(deadline);
    return deadline;
  };
  return { clock, missed, deadlines, add };
}

describe('deadlines', () => {
  it('are missed when their time has passed, and not before', async () => {
    const { clock, missed, add } = setUp();
    add('a');
    await clock.advance(999);
    expect(missed).toEqual([]);
    await clock.advance(1);
    expect(missed).toEqual(['a']);
  });

  it('are missed in time although somebody sets the machine’s time back', async () => {
    const { clock, missed, add } = setUp();
    add('a');
    clock.set(clock.now() - 3_600_000);
    await clock.advance(1_000);
    expect(missed).toEqual(['a']);
  });

  it('are missed once', async () => {
    const { clock, missed, add } = setUp();
    add('a');
    await clock.advance(10_000);
    expect(missed).toEqual(['a']);
  });

  it('that were met are not missed', async () => {
    const { clock, missed, deadlines, add } = setUp();
    const cancelled = add('a');
    add('b');
    deadlines.delete(cancelled);
    await clock.advance(1_000);
    expect(missed).toEqual(['b']);
  });

  it('share one timer, and each is missed at its own time', async () => {
    const { clock, missed, add } = setUp();
    add('a');
    await clock.advance(400);
    add('b');
    expect(clock.timers()).toBe(1);
    await clock.advance(600);
    expect(missed).toEqual(['a']);
    await clock.advance(399);
    expect(missed).toEqual(['a']);
    await clock.advance(1);
    expect(missed).toEqual(['a', 'b']);
  });

  it('are still watched after all earlier ones were met', async () => {
    const { clock, missed, deadlines, add } = setUp();
    deadlines.delete(add('a'));
    await clock.advance(700);
    add('b');
    await clock.advance(1_000);
    expect(missed).toEqual(['b']);
  });

  it('can be cancelled again, and after they were missed, to no effect on others', async () => {
    const { clock, missed, deadlines, add } = setUp();
    const first = add('a');
    deadlines.delete(first);
    deadlines.delete(first);
    const second = add('b');
    await clock.advance(1_000);
    add('c');
    deadlines.delete(second);
    expect(Array.from(deadlines, ({ name }) => name)).toEqual(['c']);
    expect(deadlines.size).toBe(1);
    expect(missed).toEqual(['b']);
  });

  it('leave no timer when none is left', async () => {
    const { clock, add } = setUp();
    add('a');
    await clock.advance(1_000);
    expect(clock.timers()).toBe(0);
  });

  it('can be added by one that is missed, without making the others late', async () => {
    const { clock, missed, add } = setUp();
    add('first', () => add('next'));
    await clock.advance(400);
    add('second');
    await clock.advance(600);
    expect(clock.timers()).toBe(1);
    await clock.advance(400);
    expect(missed).toEqual(['first', 'second']);
    await clock.advance(600);
    expect(missed).toEqual(['first', 'second', 'next']);
    expect(clock.timers()).toBe(0);
  });

  it('are cancelled by close, which frees the timer', async () => {
    const { clock, missed, deadlines, add } = setUp();
    add('a');
    deadlines.close();
    expect(clock.timers()).toBe(0);
    await clock.advance(1_000);
    expect(missed).toEqual([]);
  });
});
