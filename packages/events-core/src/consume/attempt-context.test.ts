import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ClosedError } from '../errors/closed-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { createAttemptContext } from './attempt-context.ts';
import { deliveryOf } from './delivery.test-support.ts';
import type { DeliveryNotes } from './delivery-notes.ts';

function setUp(notes: DeliveryNotes = { attempts: 0, redrives: 0 }) {
  const lost = new AbortController();
  const delivery = deliveryOf({}, { signal: lost.signal, raw: { native: true } });
  const context = createAttemptContext({ group: 'ledger', maxAttempts: 5, delivery, notes });
  return { lost, delivery, context };
}

describe('an attempt’s context', () => {
  it('tells what a handler may want to know', () => {
    const firstFailedAt = new Date(0);
    const { context, delivery } = setUp({ attempts: 2, redrives: 1, firstFailedAt });
    expect(context).toMatchObject({ group: 'ledger', attempt: 3, maxAttempts: 5, redrives: 1, firstFailedAt });
    expect(context.message).toBe(delivery.message);
    expect(context.raw).toEqual({ native: true });
  });

  it('knows no first failure at the first attempt', () => {
    expect(setUp().context.firstFailedAt).toBeUndefined();
  });
});

describe('a decision', () => {
  it('is recorded and leaves the handler', () => {
    const { context } = setUp();
    expect(() => context.retry({ delayMs: 5, reason: 'later' })).toThrow('The handler decided: retry');
    expect(context.decision).toEqual({ kind: 'retry', delayMs: 5, reason: 'later' });
  });

  it('stands: the first one counts', () => {
    const { context } = setUp();
    expect(() => context.deadLetter('fraud')).toThrow('deadLetter');
    expect(() => context.retry()).toThrow('retry');
    expect(context.decision).toEqual({ kind: 'deadLetter', reason: 'fraud' });
  });

  it('that comes after the attempt is refused and not recorded', () => {
    const { context } = setUp();
    context.end();
    expect(() => context.deadLetter('fraud')).toThrow(ClosedError);
    expect(() => context.retry()).toThrow('retry comes too late');
    expect(context.decision).toBeUndefined();
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 86_400_001, '5' as never])(
    'to retry after %s milliseconds is refused',
    (delayMs) => {
      const { context } = setUp();
      expect(() => context.retry({ delayMs })).toThrow(ConfigurationError);
      expect(context.decision).toBeUndefined();
    },
  );

  it('to retry after longer than the event may wait in place is refused, and says why', () => {
    const notes = { attempts: 0, redrives: 0 };
    const facts = { group: 'ledger', maxAttempts: 5, delivery: deliveryOf(), notes, longestDelayInPlaceMs: 2_000 };
    const context = createAttemptContext(facts);
    expect(() => context.retry({ delayMs: 2_001 })).toThrow(
      "context.retry: delayMs must be a number from 0 to 2000 here: with ordering 'key' the event waits in place",
    );
    expect(context.decision).toBeUndefined();
    expect(() => context.retry({ delayMs: 2_000 })).toThrow('The handler decided: retry');
  });

  it('to retry after a fraction of a millisecond is rounded, because brokers count whole ones', () => {
    const { context } = setUp();
    expect(() => context.retry({ delayMs: 1.5 })).toThrow('retry');
    expect(context.decision).toEqual({ kind: 'retry', delayMs: 2 });
  });

  it('can be made by a method that was taken apart from its context', () => {
    const { context } = setUp();
    const { deadLetter } = context;
    expect(() => deadLetter('fraud')).toThrow('deadLetter');
    expect(context.decision).toEqual({ kind: 'deadLetter', reason: 'fraud' });
  });

  it('takes any reason for a text', () => {
    const { context } = setUp();
    expect(() => context.retry({ reason: 404 as never })).toThrow('retry');
    expect(context.decision).toEqual({ kind: 'retry', reason: '404' });
  });
});

describe('the signal', () => {
  it('is the same at each look, and has not fired', () => {
    const { context } = setUp();
    expect(context.signal).toBe(context.signal);
    expect(context.signal.aborted).toBe(false);
  });

  it('fires with the reason when the attempt is aborted, before or after the first look', () => {
    const early = setUp().context;
    early.abort('too slow');
    expect(early.signal.reason).toBe('too slow');
    const late = setUp().context;
    const { signal } = late;
    late.abort('too slow');
    late.abort('and again');
    expect(signal.reason).toBe('too slow');
  });

  it('fires when the delivery is lost, before or after the first look', () => {
    const looked = setUp();
    const { signal } = looked.context;
    looked.lost.abort('lease');
    expect(signal.reason).toBe('lease');
    const unlooked = setUp();
    unlooked.lost.abort('lease');
    expect(unlooked.context.signal.reason).toBe('lease');
  });

  it('leaves nothing on the delivery’s signal after the attempt, because many deliveries may share it', () => {
    const { context, lost } = setUp();
    expect(getEventListeners(lost.signal, 'abort')).toHaveLength(0);
    expect(context.signal.aborted).toBe(false);
    expect(getEventListeners(lost.signal, 'abort')).toHaveLength(1);
    context.end();
    expect(getEventListeners(lost.signal, 'abort')).toHaveLength(0);
  });

  it('first looked at after the attempt leaves nothing there either', () => {
    const { context, lost } = setUp();
    context.end();
    expect(context.signal.aborted).toBe(false);
    expect(getEventListeners(lost.signal, 'abort')).toHaveLength(0);
  });
});
