import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { byteLength, checkSize } from './size.ts';

const messageOf = (bytes: number, headers: Record<string, string> = {}) => ({
  id: 'e1',
  type: 'shop.order.placed',
  headers,
  body: new Uint8Array(bytes),
});

describe('the size of a message', () => {
  it('is its body and its headers, as UTF-8', () => {
    expect(byteLength(messageOf(10, { name: '€', 'x-b': '' }))).toBe(10 + 4 + 3 + 3);
  });

  it('may be exactly as large as is allowed, and no larger', () => {
    checkSize(messageOf(1_000, { a: 'b' }), 1_002, 'the broker');
    expect(() => checkSize(messageOf(1_000, { a: 'b' }), 1_001, 'the broker')).toThrow(InvalidEventError);
  });

  it('is told when it is too large, with what to do', () => {
    expect(() => checkSize(messageOf(2_000), 1_024, 'maxBodyBytes')).toThrow(
      'Event e1 (shop.order.placed) is too large: 2000 bytes, maxBodyBytes allows 1024. Publish ids',
    );
  });

  it('is checked exactly, whatever is large in it', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((part) => part.repeat(1_000));
    fc.assert(
      fc.property(fc.nat({ max: 200_000 }), text, fc.nat({ max: 400_000 }), (bytes, value, most) => {
        const message = messageOf(bytes, { large: value });
        const check = () => checkSize(message, most, 'the broker');
        if (byteLength(message) > most) expect(check).toThrow(InvalidEventError);
        else check();
      }),
    );
  });
});
