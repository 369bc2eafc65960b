import { describe, expect, it, vi } from 'vitest';
import { ClosedError } from './closed-error.ts';
import { EventsError } from './events-error.ts';
import { NonRetryableError } from './non-retryable-error.ts';
import { SendError } from './send-error.ts';

const cut = new SendError('cut', { outcome: 'unknown', reason: 'disconnected', retryable: true, cause: 'reset' });

describe('a library error', () => {
  it('has its class as name, a literal code, and says whether the same call may succeed later', () => {
    expect(cut).toMatchObject({ name: 'SendError', code: 'EVENTS_SEND', retryable: true, cause: 'reset' });
    expect(new ClosedError('over')).toMatchObject({ name: 'ClosedError', code: 'EVENTS_CLOSED', retryable: false });
  });

  it('has no cause unless it was given one', () => {
    expect(Object.hasOwn(new NonRetryableError('no'), 'cause')).toBe(false);
  });
});

describe('isInstance', () => {
  it('knows every library error on the base class, and its own on a subclass', () => {
    expect(EventsError.isInstance(cut)).toBe(true);
    expect(SendError.isInstance(cut)).toBe(true);
    expect(NonRetryableError.isInstance(cut)).toBe(false);
  });

  it.each([null, undefined, 'EVENTS_SEND', 5, {}, new Error('other'), { code: 'EVENTS_SEND' }])(
    'does not take %o for a library error',
    (value) => {
      expect(EventsError.isInstance(value)).toBe(false);
      expect(SendError.isInstance(value)).toBe(false);
    },
  );

  it('knows an error of another installed copy of this package', async () => {
    vi.resetModules();
    const copy = await import('./send-error.ts');
    const foreign = new copy.SendError('cut', { outcome: 'unknown', reason: 'other', retryable: true });
    expect(foreign).not.toBeInstanceOf(SendError);
    expect(SendError.isInstance(foreign)).toBe(true);
    expect(EventsError.isInstance(foreign)).toBe(true);
    expect(ClosedError.isInstance(foreign)).toBe(false);
  });

  it('knows an application’s own subclass', () => {
    class CardStolen extends NonRetryableError {}
    expect(NonRetryableError.isInstance(new CardStolen('stolen'))).toBe(true);
    expect(new CardStolen('stolen').name).toBe('CardStolen');
  });

  it('never throws, whatever was thrown', () => {
    const refuse = () => {
      throw new Error('not for you');
    };
    const disguised = Object.defineProperty(new NonRetryableError('hidden'), 'code', { get: refuse });
    for (const value of [new Proxy({}, { has: refuse, get: refuse }), disguised]) {
      expect(NonRetryableError.isInstance(value)).toBe(false);
    }
  });
});
