import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeError } from './describe-error.ts';
import { NonRetryableError } from './non-retryable-error.ts';

describe('describeError', () => {
  it('tells an error by its class and its message', () => {
    expect(describeError(new TypeError('no such account'))).toEqual({ name: 'TypeError', text: 'no such account' });
    expect(describeError(new NonRetryableError('card stolen'))).toEqual({
      name: 'NonRetryableError',
      text: 'card stolen',
    });
  });

  it.each([
    [null, { name: 'null', text: 'null' }],
    [undefined, { name: 'undefined', text: 'undefined' }],
    ['no funds', { name: 'string', text: 'no funds' }],
    [Symbol('odd'), { name: 'symbol', text: 'Symbol(odd)' }],
    [{}, { name: 'Object', text: 'a thrown Object without a message' }],
    [new Error(''), { name: 'Error', text: 'a thrown Error without a message' }],
    [
      { name: 5, message: {} },
      { name: 'Object', text: 'a thrown Object without a message' },
    ],
    [Object.create(null), { name: 'Object', text: 'a thrown Object without a message' }],
  ])('tells %o by what it is', (thrown, description) => {
    expect(describeError(thrown)).toEqual(description);
  });

  it('survives getters, proxies and conversions that throw', () => {
    const refuse = () => {
      throw new Error('not for you');
    };
    const getters = Object.defineProperties(new Error('hidden'), { name: { get: refuse }, message: { get: refuse } });
    const everything = new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse });
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const thrown of [getters, everything, revoked]) {
      expect(describeError(thrown)).toEqual({ name: 'unreadable', text: 'the thrown value cannot be read' });
    }
  });

  it('takes credentials out', () => {
    expect(describeError(new Error('no answer from amqp://me:hunter2@broker')).text).not.toContain('hunter2');
    expect(describeError('password=hunter2').text).not.toContain('hunter2');
  });

  it('keeps to 4 KiB of UTF-8, and never cuts a character', () => {
    const unit = fc.constantFrom('a', 'é', '€', '😀', '\ud83d');
    const texts = fc.string({ unit, maxLength: 300 }).map((text) => text.repeat(40));
    fc.assert(
      fc.property(texts, (message) => {
        const { text } = describeError(new Error(message));
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4_096);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
    expect(describeError(new Error('€'.repeat(5_000))).text).toMatch(/^€+…$/);
  });

  it('makes half a surrogate pair whole, because a text travels as UTF-8', () => {
    expect(describeError(new Error('bad \ud83d')).text).toBe('bad \ufffd');
  });

  it('caps the name too', () => {
    expect(describeError({ name: 'N'.repeat(1_000), message: 'm' }).name).toHaveLength(198);
  });

  it('does not stall on a message of many megabytes', () => {
    expect(describeError(new Error('a.'.repeat(5_000_000))).text).toHaveLength(4_094);
  });
});
