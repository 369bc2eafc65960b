import { describe, expect, it } from 'vitest';
import { NonRetryableError } from '../errors/non-retryable-error.ts';
import { readNotes, type DeliveryNotes } from './delivery-notes.ts';
import { resolveRetryPolicy } from './retry-policy.ts';
import type { Outcome } from './run-attempt.ts';
import { deadLetterNow, settle, type SettlementRules } from './settle.ts';

const now = new Date('2026-11-23T09:00:00.000Z');
const rules: SettlementRules = {
  policy: resolveRetryPolicy({ maxAttempts: 3, initialDelayMs: 1_000, factor: 3 }),
  random: () => 0.5,
  now: () => now.getTime(),
};
const fresh: DeliveryNotes = { attempts: 0, redrives: 0 };

/** The settlement with its state read back, as the next attempt will see it. */
function fateOf(outcome: Outcome, notes: DeliveryNotes = fresh) {
  const settlement = settle(outcome, notes, rules);
  return 'state' in settlement ? { ...settlement, state: readNotes(settlement.state) } : settlement;
}

const failed = (error: unknown): Outcome => ({ kind: 'failed', error });

describe('the fate of an event', () => {
  it.each(['succeeded', 'duplicate'] as const)('that %s is an acknowledgement', (kind) => {
    expect(fateOf({ kind })).toEqual({ kind: 'ack' });
  });

  it('that was left behind at the drain deadline is release', () => {
    expect(fateOf({ kind: 'abandoned' })).toEqual({ kind: 'release' });
  });

  it('that somebody else is handling is to come back in a second, and nothing has failed', () => {
    const notes = { attempts: 1, redrives: 2 };
    expect(fateOf({ kind: 'busy' }, notes)).toEqual({ kind: 'retry', delayMs: 1_000, state: notes });
  });

  it('that failed is a retry after the jittered delay, and the failure is noted', () => {
    expect(fateOf(failed(new TypeError('no such account')))).toEqual({
      kind: 'retry',
      delayMs: 500,
      state: {
        attempts: 1,
        redrives: 0,
        firstFailedAt: now,
        lastFailedAt: now,
        error: { name: 'TypeError', text: 'no such account' },
      },
    });
    expect(fateOf(failed('again'), { attempts: 1, redrives: 0 })).toMatchObject({ kind: 'retry', delayMs: 1_500 });
  });

  it('that failed at its last attempt is the dead letters', () => {
    const fate = fateOf(failed(new Error('still')), { attempts: 2, redrives: 0 });
    expect(fate).toMatchObject({ kind: 'deadLetter', reason: 'attempts-exhausted', state: { attempts: 3 } });
  });

  it('that failed for good is the dead letters at once', () => {
    const fate = fateOf(failed(new NonRetryableError('card stolen')));
    expect(fate).toMatchObject({
      kind: 'deadLetter',
      reason: 'non-retryable',
      state: { attempts: 1, error: { name: 'NonRetryableError', text: 'card stolen' } },
    });
  });

  it('that failed keeps no credentials', () => {
    expect(JSON.stringify(fateOf(failed(new Error('amqp://me:hunter2@broker'))))).not.toContain('hunter2');
  });
});

describe('the decision of a handler', () => {
  it('to retry is a retry by the policy', () => {
    expect(fateOf({ kind: 'decided', decision: { kind: 'retry' } })).toMatchObject({
      kind: 'retry',
      delayMs: 500,
      state: { attempts: 1, error: { name: 'Retry', text: 'the handler asked for a retry' } },
    });
  });

  it('to retry after a time of its own is a retry after exactly that', () => {
    const decision = { kind: 'retry', delayMs: 0, reason: 'rate limited' } as const;
    const state = { error: { text: 'rate limited' } };
    expect(fateOf({ kind: 'decided', decision })).toMatchObject({ kind: 'retry', delayMs: 0, state });
  });

  it('to retry cannot go beyond the last attempt', () => {
    const fate = fateOf({ kind: 'decided', decision: { kind: 'retry', delayMs: 5 } }, { attempts: 2, redrives: 0 });
    expect(fate).toMatchObject({ kind: 'deadLetter', reason: 'attempts-exhausted' });
  });

  it('to dead-letter is the dead letters, with its reason', () => {
    expect(fateOf({ kind: 'decided', decision: { kind: 'deadLetter', reason: 'fraud' } })).toMatchObject({
      kind: 'deadLetter',
      reason: 'fraud',
      state: { attempts: 1, error: { name: 'DeadLetter', text: 'fraud' } },
    });
  });

  it.each([
    ['a reason of many lines', 'one\ntwo\r\n\tthree', 'one two three'],
    ['a reason with a password', 'no login with password=hunter2', 'no login with password=***'],
    ['an empty reason', ' \n ', 'unspecified'],
    ['a long reason', 'x'.repeat(300), 'x'.repeat(200)],
    ['a reason whose 200th character is half of one', `${'x'.repeat(199)}😀`, `${'x'.repeat(199)}\ufffd`],
  ])('keeps %s short, in one line and without credentials', (_, reason, kept) => {
    expect(fateOf({ kind: 'decided', decision: { kind: 'deadLetter', reason } })).toMatchObject({ reason: kept });
  });
});

describe('a message that no attempt can help', () => {
  it('is dead-lettered with its reason, and counts as an attempt', () => {
    const settlement = deadLetterNow('undecodable', new Error('not JSON'), { attempts: 1, redrives: 0 }, rules);
    expect(settlement).toMatchObject({
      kind: 'deadLetter',
      reason: 'undecodable',
      state: { attempts: '2', 'error-text': 'not JSON' },
    });
  });
});
