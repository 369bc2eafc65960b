import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBitmap, encodeBitmap } from './bitmap.ts';
import { chargedMarks, countOf, decodeMarks, encodeMarks, mostAhead, type Marks } from './marks.ts';

const offsets = fc.nat({ max: 2 ** 50 });
const marked = offsets.chain((offset) =>
  fc.record({
    offset: fc.constant(offset),
    marks: fc.record<Marks>({
      settled: fc
        .uniqueArray(fc.nat({ max: mostAhead - 1 }), { maxLength: 60, size: 'max' })
        .map((places) => places.map((place) => offset + place).toSorted((one, other) => one - other)),
      counts: fc
        .uniqueArray(fc.integer({ min: 1, max: 20_000 }), { maxLength: 2 })
        .map((ends) => ends.toSorted((one, other) => one - other))
        .map((ends) => ends.map((end, at) => ({ end: offset + end, count: ends.length - at }))),
      charged: fc.option(fc.record({ offset: fc.constant(offset), count: fc.integer({ min: 3, max: 99 }) }), {
        nil: undefined,
      }),
      reservedEnd: fc.option(
        fc.integer({ min: 1, max: mostAhead }).map((ahead) => offset + ahead),
        { nil: undefined },
      ),
      suspect: fc.option(fc.record({ offset: fc.constant(offset), count: fc.integer({ min: 2, max: 99 }) }), {
        nil: undefined,
      }),
    }),
  }),
);

test('what is committed is read again', () => {
  fc.assert(
    fc.property(marked, ({ offset, marks }) => {
      expect(decodeMarks(offset, encodeMarks(offset, marks))).toEqual(marks);
    }),
  );
});

test('nothing to say is no metadata, and none is read from it', () => {
  expect(encodeMarks(7, { settled: [], counts: [{ end: 7, count: 1 }], reservedEnd: 7 })).toBe('');
  expect(decodeMarks(7, '')).toEqual({ settled: [], counts: [] });
  expect(decodeMarks(7, null)).toEqual({ settled: [], counts: [] });
});

test('the most that can be said fits into what a broker takes', () => {
  const offset = Number.MAX_SAFE_INTEGER - 20_000;
  const settled = Array.from({ length: mostAhead }, (_, place) => offset + place);
  const counts = [
    { end: offset + 9_000, count: 2 },
    { end: offset + 9_001, count: 1 },
  ];
  const most = { offset, count: 1_000_000 };
  const metadata = encodeMarks(offset, { settled, counts, charged: most, suspect: most, reservedEnd: offset + 8_192 });
  expect(Buffer.byteLength(metadata)).toBeLessThanOrEqual(3_500);
  expect(decodeMarks(offset, metadata).settled).toEqual(settled);
});

test('what marks cannot tell of is left out: it is handled twice then, never skipped', () => {
  const settled = [3, 9, 5 + mostAhead];
  expect(decodeMarks(5, encodeMarks(5, { settled, counts: [] })).settled).toEqual([9]);
});

test('foreign and broken metadata reads as none', () => {
  const none = { settled: [], counts: [] };
  const foreign = ['NO_METADATA', '{', '[]', 'null', '{"v":2,"o":5,"w":9}', '{"v":1,"w":9}', '{"v":1,"o":4,"w":9}'];
  const broken = ['"w":5', '"w":"9"', '"w":9.5', '"d":"?"', '"d":7', '"c":7', '"c":[[9,3]]', '"c":[[9,1],[12,2]]'];
  const more = ['"c":[[9,2],[9,1]]', '"s":[5]', '"s":[5,-2]', '"x":{}', '"s":null', '"w":null', '"d":null'];
  for (const text of foreign) expect(decodeMarks(5, text), text).toEqual(none);
  for (const field of [...broken, ...more]) expect(decodeMarks(5, `{"v":1,"o":5,${field}}`), field).toEqual(none);
  fc.assert(
    fc.property(fc.string(), fc.json(), (text, json) => {
      expect(decodeMarks(5, text)).toEqual(none);
      expect(decodeMarks(5, json)).toEqual(none);
    }),
  );
});

test('metadata cut or changed anywhere never throws', () => {
  fc.assert(
    fc.property(marked, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), ({ offset, marks }, at, character) => {
      const metadata = encodeMarks(offset, marks);
      const place = at % (metadata.length + 1);
      decodeMarks(offset, metadata.slice(0, place));
      chargedMarks(decodeMarks(offset, metadata.slice(0, place) + character + metadata.slice(place + 1)));
    }),
  );
});

test('a window charges all that may have been out, at most to a suspect', () => {
  const first = chargedMarks({ settled: [], counts: [], reservedEnd: 110 });
  expect(first.counts).toEqual([{ end: 110, count: 1 }]);
  const second = chargedMarks({ ...first, reservedEnd: 104 });
  expect(second.counts).toEqual([
    { end: 104, count: 2 },
    { end: 110, count: 1 },
  ]);
  expect(chargedMarks({ ...second, reservedEnd: 120 }).counts).toEqual([
    { end: 110, count: 2 },
    { end: 120, count: 1 },
  ]);
  expect([103, 104, 109, 110].map((offset) => countOf(second, offset))).toEqual([2, 1, 1, 0]);
});

test('a suspect is charged alone and without an end', () => {
  const counts = [{ end: 110, count: 2 }];
  const once = chargedMarks({ settled: [], counts, suspect: { offset: 100, count: 2 } });
  expect([100, 101, 110].map((offset) => countOf(once, offset))).toEqual([3, 2, 0]);
  const twice = chargedMarks({ ...once, charged: undefined, suspect: { offset: 100, count: 3 } });
  expect(countOf(twice, 100)).toBe(4);
});

test('a clean end charges nobody', () => {
  const counts = [{ end: 110, count: 2 }];
  const charged = { offset: 100, count: 5 };
  expect(chargedMarks({ settled: [103], counts, charged })).toEqual({ settled: [103], counts, charged });
});

test('charging keeps ends ascending and counts falling, so that it can be written again', () => {
  fc.assert(
    fc.property(marked, ({ offset, marks }) => {
      const after = chargedMarks(marks);
      expect(decodeMarks(offset, encodeMarks(offset, after)).counts).toEqual(after.counts);
    }),
  );
});

test('a bitmap holds exactly its offsets', () => {
  fc.assert(
    fc.property(fc.nat(), fc.uniqueArray(fc.nat({ max: 99 })), (base, places) => {
      const held = places.map((place) => base + place).toSorted((one, other) => one - other);
      expect(decodeBitmap(base, encodeBitmap(base, held, 100), 104)).toEqual(held);
    }),
  );
  expect(decodeBitmap(0, Buffer.alloc(14, 255).toString('base64'), 104)).toBeUndefined();
});
