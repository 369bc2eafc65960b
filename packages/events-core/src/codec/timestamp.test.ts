import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp, timeProblem } from './timestamp.ts';

describe('a timestamp', () => {
  it.each([
    ['2026-11-23T09:00:36.165Z', '2026-11-23T09:00:36.165Z'],
    ['2026-11-23T09:00:36.165575+00:00', '2026-11-23T09:00:36.165Z'],
    ['2026-11-23T09:00:36', '2026-11-23T09:00:36.000Z'],
    ['2026-11-23T09:00:36.165575', '2026-11-23T09:00:36.165Z'],
    ['2026-11-23T09:00:36.1Z', '2026-11-23T09:00:36.100Z'],
    ['2026-11-23t09:00:36z', '2026-11-23T09:00:36.000Z'],
    ['2026-11-23 09:00:36+05:30', '2026-11-23T03:30:36.000Z'],
    ['2026-12-31T23:59:59-01:00', '2027-01-01T00:59:59.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, time) => expect(parseTimestamp(text)?.toISOString()).toBe(time));

  it.each([
    '',
    '2026-11-23',
    '2026-11-23T09:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00 Z',
    '0099-01-01T00:00:00Z',
    '+002026-01-01T00:00:00Z',
    'Mon, 23 Nov 2026 09:00:36 GMT',
  ])('%j is none', (text) => expect(parseTimestamp(text)).toBeUndefined());

  it('of ours is the time it was', () => {
    const time = fc.date({
      min: new Date('0100-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(time, (date) => {
        expect(timeProblem(date)).toBeUndefined();
        expect(parseTimestamp(date.toISOString())).toEqual(date);
      }),
      { numRuns: 1_000, seed: 1 },
    );
  });

  it('has no word for some times', () => {
    for (const time of [
      new Date(Number.NaN),
      new Date(8.64e15),
      new Date(-62_200_000_000_000),
      '2026-11-23T09:00:36Z',
      0,
    ]) {
      expect(timeProblem(time)).toMatch(/^must be /);
    }
  });
});
