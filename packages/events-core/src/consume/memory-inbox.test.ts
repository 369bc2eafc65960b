import { describe, expect, it } from 'vitest';
import { createTestClock } from '../ports/test-clock.test-support.ts';
import { memoryInbox } from './memory-inbox.ts';

function setUp(capacity?: number) {
  const clock = createTestClock();
  return { clock, inbox: memoryInbox({ clock, ...(capacity === undefined ? {} : { capacity }) }) };
}

describe('memoryInbox', () => {
  it('gives the right to handle an event to one, and tells others that it is taken', async () => {
    const { inbox } = setUp();
    expect(await Promise.all([inbox.claim('e1', 1_000), inbox.claim('e1', 1_000)])).toEqual(['new', 'busy']);
    expect(await inbox.claim('e2', 1_000)).toBe('new');
  });

  it('remembers what was handled, also after the lease', async () => {
    const { clock, inbox } = setUp();
    await inbox.claim('e1', 1_000);
    await inbox.complete('e1');
    expect(await inbox.claim('e1', 1_000)).toBe('done');
    await clock.advance(1_000_000);
    expect(await inbox.claim('e1', 1_000)).toBe('done');
  });

  it('gives the right again after it was given up', async () => {
    const { inbox } = setUp();
    await inbox.claim('e1', 1_000);
    await inbox.abandon('e1');
    expect(await inbox.claim('e1', 1_000)).toBe('new');
  });

  it('gives the right again when the lease has ended', async () => {
    const { clock, inbox } = setUp();
    await inbox.claim('e1', 1_000);
    await clock.advance(999);
    expect(await inbox.claim('e1', 1_000)).toBe('busy');
    await clock.advance(1);
    expect(await inbox.claim('e1', 1_000)).toBe('new');
  });

  it('forgets the oldest first when it is full', async () => {
    const { inbox } = setUp(2);
    for (const key of ['e1', 'e2', 'e3']) await inbox.complete(key);
    expect(await inbox.claim('e3', 1_000)).toBe('done');
    expect(await inbox.claim('e2', 1_000)).toBe('done');
    expect(await inbox.claim('e1', 1_000)).toBe('new');
  });

  it.each([0, -1, 1.5, Number.NaN, 10_000_001])('refuses a capacity of %d', (capacity) => {
    expect(() => memoryInbox({ capacity })).toThrow('capacity must be a whole number from 1 to 10000000');
  });
});
