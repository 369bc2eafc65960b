import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notesAfterFailure, notesAfterRedrive, readNotes, writeNotes, type DeliveryNotes } from './delivery-notes.ts';

const dates = fc.date({ noInvalidDate: true });
const text = fc.string({ unit: 'grapheme', maxLength: 50 });

const notes: fc.Arbitrary<DeliveryNotes> = fc.record(
  {
    attempts: fc.nat(),
    redrives: fc.nat(),
    firstFailedAt: dates,
    lastFailedAt: dates,
    error: fc.record({ name: text, text }),
    id: text,
  },
  { requiredKeys: ['attempts', 'redrives'] },
);

const failure = { name: 'TypeError', text: 'no such account' };

describe('delivery notes', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(notes, (some) => {
        expect(readNotes(writeNotes(some))).toEqual(some);
      }),
    );
  });

  it('are of an event that never failed when there is no state', () => {
    expect(readNotes({})).toEqual({ attempts: 0, redrives: 0 });
  });

  it('take what cannot be read for absent, because state comes back through a broker', () => {
    const count = fc.oneof(fc.constantFrom('-1', '1.5', 'NaN', 'Infinity', '9'.repeat(30), 'x'), fc.string());
    fc.assert(
      fc.property(count, count, fc.string(), (attempts, redrives, date) => {
        const read = readNotes({ attempts, redrives, 'first-failed-at': date });
        expect(Number.isSafeInteger(read.attempts) && read.attempts >= 0).toBe(true);
        expect(Number.isSafeInteger(read.redrives) && read.redrives >= 0).toBe(true);
        expect(read.firstFailedAt?.getTime()).not.toBeNaN();
      }),
    );
  });

  it('stay below 8 KiB with the longest error, name and id', () => {
    const longest = {
      attempts: Number.MAX_SAFE_INTEGER,
      redrives: Number.MAX_SAFE_INTEGER,
      firstFailedAt: new Date(8.64e15),
      lastFailedAt: new Date(8.64e15),
      error: { name: 'N'.repeat(200), text: 'x'.repeat(4_096) },
      id: '€'.repeat(200),
    };
    expect(Buffer.byteLength(JSON.stringify(writeNotes(longest)))).toBeLessThan(8_192);
  });

  it('count a failure, keep the time of the first and the error of the last', () => {
    const first = notesAfterFailure({ attempts: 0, redrives: 1, id: 'e1' }, failure, new Date(1_000));
    const second = notesAfterFailure(first, { ...failure, text: 'again' }, new Date(2_000));
    expect(second).toEqual({
      attempts: 2,
      redrives: 1,
      id: 'e1',
      firstFailedAt: new Date(1_000),
      lastFailedAt: new Date(2_000),
      error: { name: 'TypeError', text: 'again' },
    });
  });

  it('begin again after a redrive, but keep the id and count the redrives', () => {
    const failed = notesAfterFailure({ attempts: 4, redrives: 1, id: 'e1' }, failure, new Date(1_000));
    expect(readNotes(notesAfterRedrive(failed))).toEqual({ attempts: 0, redrives: 2, id: 'e1' });
  });
});
