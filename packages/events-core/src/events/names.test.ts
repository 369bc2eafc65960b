import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkGroup,
  groupProblem,
  headerNameProblem,
  headerValueProblem,
  idProblem,
  keyProblem,
  topicOf,
  typeProblem,
} from './names.ts';
import { paymentEvents } from './payment-events.ts';

describe('an event type', () => {
  it.each([
    ...Object.keys(paymentEvents),
    'a.b',
    'shop.order.placed',
    'a.b.c.d.e.f.g.h',
    'payment.payment.x',
    `a.${'b'.repeat(198)}`,
  ])('may be %s', (type) => expect(typeProblem(type)).toBeUndefined());

  it.each([
    '',
    'a',
    'payment',
    'a.',
    '.a',
    'a..b',
    'A.b',
    'a-b.c',
    'a b.c',
    'a.b.c.d.e.f.g.h.i',
    'payment.payment',
    'a.b\n',
    'ä.b',
    `a.${'b'.repeat(199)}`,
  ])('may not be %j', (type) => expect(typeProblem(type)).toMatch(/^must /));

  it('may not be anything but a text', () => expect(typeProblem(7)).toBe('must be a string'));
});

describe('the topic of a type', () => {
  it.each([
    ['payment.transaction.succeeded', 'transaction'],
    ['payment.usage.recorded', 'usage'],
    ['shop.order.placed', 'shop'],
    ['payment.payment.refund', 'refund'],
    ['order.payment.taken', 'order'],
  ])('%s is %s', (type, topic) => expect(topicOf(type)).toBe(topic));

  it('is refused where there is none', () => expect(() => topicOf('payment.payment')).toThrow('not "payment"'));
});

describe('a group', () => {
  it.each(['ledger', '0', 'a_b-c', 'a'.repeat(63)])('may be %s', (group) =>
    expect(groupProblem(group)).toBeUndefined(),
  );
  it.each(['', '-a', '_a', 'A', 'a.b', 'a b', 'a'.repeat(64), 'a\n', undefined])('may not be %j', (group) =>
    expect(groupProblem(group)).toMatch(/^must /),
  );
  it('that is refused names its path', () =>
    expect(() => checkGroup('No', 'consumer.group')).toThrow(expect.objectContaining({ path: 'consumer.group' })));
});

describe('a key', () => {
  it.each(['pay_1', ' ', 'ключ', '😀', 'ä'.repeat(127), 'a'.repeat(255)])('may be %s', (key) =>
    expect(keyProblem(key)).toBeUndefined(),
  );
  it.each(['', 'a'.repeat(256), 'ä'.repeat(128), '\u0000', 'a\nb', '\u0085', '\ud800', 7, null])(
    'may not be %j',
    (key) => expect(keyProblem(key)).toMatch(/^must /),
  );
  it('has at most 255 bytes of UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), (text) => {
        const fits = Buffer.byteLength(text) <= 255 && !/\p{Cc}/u.test(text);
        expect(keyProblem(text) === undefined).toBe(fits);
      }),
      { seed: 1 },
    );
  });
});

describe('an event id', () => {
  it.each(['1', '6f1c1d0e-8a52-4a5e-9c7b-0b9a4c9d1f3e', 'ä'.repeat(200)])('may be %s', (id) =>
    expect(idProblem(id)).toBeUndefined(),
  );
  it.each(['', 'a'.repeat(201), '\t', '\udc00', {}])('may not be %j', (id) => expect(idProblem(id)).toMatch(/^must /));
});

describe('a header', () => {
  it.each(['x-request-id', 'a', '0', 'a.b_c!'])('may be named %s', (name) =>
    expect(headerNameProblem(name)).toBeUndefined(),
  );
  it.each(['', 'X-Request-Id', 'a b', 'a:b', '__proto__', 'ä', 'a'.repeat(101)])('may not be named %j', (name) =>
    expect(headerNameProblem(name)).toMatch(/^must /),
  );
  it.each(['', 'any text, even 😀'])('may hold %j', (value) => expect(headerValueProblem(value)).toBeUndefined());
  it.each(['a\r\nb', '\u0000', '\ud800', 7, undefined])('may not hold %j', (value) =>
    expect(headerValueProblem(value)).toMatch(/^must /),
  );
});
