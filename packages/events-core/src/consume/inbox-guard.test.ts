import { describe, expect, it } from 'vitest';
import type { Logger } from '../contract/runtime.ts';
import { createTestClock } from '../ports/test-clock.test-support.ts';
import { createInboxGuard } from './inbox-guard.ts';
import type { Inbox } from './inbox.ts';

function setUp(answers: Partial<Inbox> = {}) {
  const calls: string[] = [];
  const warnings: string[] = [];
  const inbox: Inbox = {
    async claim(key, leaseMs) {
      calls.push(`claim ${key} ${leaseMs}`);
      return answers.claim?.(key, leaseMs) ?? 'new';
    },
    async complete(key) {
      calls.push(`complete ${key}`);
      await answers.complete?.(key);
    },
    async abandon(key) {
      calls.push(`abandon ${key}`);
      await answers.abandon?.(key);
    },
  };
  const logger: Logger = { info() {}, warn: (_, message) => warnings.push(message), error() {} };
  const clock = createTestClock();
  const guard = createInboxGuard({ inbox, group: 'ledger', leaseMs: 35_000, logger, clock });
  return { calls, warnings, clock, guard };
}

describe('the inbox guard', () => {
  it('claims an event for its group, runs the handlers and says that they are done', async () => {
    const { calls, guard } = setUp();
    const result = await guard.once('e1', async () => {
      calls.push('handle');
      return true;
    });
    expect(result).toBe('ran');
    expect(calls).toEqual(['claim ledger/e1 35000', 'handle', 'complete ledger/e1']);
  });

  it.each(['done', 'busy'] as const)('runs nothing when the event is %s', async (claim) => {
    const { calls, guard } = setUp({ claim: async () => claim });
    expect(await guard.once('e1', () => Promise.reject(new Error('ran')))).toBe(claim);
    expect(calls).toHaveLength(1);
  });

  it('gives the claim up when the handlers failed, and lets the failure through', async () => {
    const { calls, guard } = setUp();
    await expect(guard.once('e1', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(calls.at(-1)).toBe('abandon ledger/e1');
  });

  it('gives the claim up when a handler decided otherwise', async () => {
    const { calls, guard } = setUp();
    expect(await guard.once('e1', async () => false)).toBe('ran');
    expect(calls.at(-1)).toBe('abandon ledger/e1');
  });

  it('runs nothing when the store does not answer to a claim, and fails', async () => {
    const { guard } = setUp({ claim: () => Promise.reject(new Error('store away')) });
    await expect(guard.once('e1', () => Promise.reject(new Error('ran')))).rejects.toThrow('store away');
  });

  it('lets the handlers’ result stand when the store cannot be told, and warns', async () => {
    const away = () => Promise.reject(new Error('store away'));
    const { warnings, guard } = setUp({ complete: away, abandon: away });
    expect(await guard.once('e1', async () => true)).toBe('ran');
    await expect(guard.once('e2', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(warnings).toEqual([
      'inbox: complete failed; a duplicate of this event may be handled again',
      'inbox: abandon failed; a duplicate of this event may be handled again',
    ]);
  });

  it('leaves a claim alone whose lease is over: it may be somebody else’s by now', async () => {
    const { calls, clock, guard } = setUp();
    const result = guard.once('e1', async () => {
      await clock.advance(35_000);
      return false;
    });
    expect(await result).toBe('ran');
    expect(calls).toEqual(['claim ledger/e1 35000']);
  });
});
