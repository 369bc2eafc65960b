import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toIncoming } from '../mapping.ts';
import { arrived, delivered, foreign } from '../record.test-support.ts';
import { copyHeader, noteOf, originalOf, toCopy, type CopyNote } from './copy-note.ts';

const note: CopyNote = { state: { attempt: '2' }, position: 'payment_order/3/17', group: 'ledger' };
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 20 }).map((one) => Buffer.from(one));
const name = fc.oneof(text, fc.constantFrom('constructor', '__proto__', 'x', copyHeader, 'payments:id'));
const records = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(fc.tuple(name, fc.option(bytes)), { maxLength: 8 }),
});
const notes: fc.Arbitrary<CopyNote> = fc.record(
  {
    state: fc.dictionary(text, text),
    position: text,
    group: text,
    dueAt: fc.nat(),
    reason: text,
    diedAt: fc.nat(),
  },
  { requiredKeys: ['state', 'position', 'group'] },
);

/** By name, in the order of the values: what the client keeps of headers. Empty buffers of different kinds are the same. */
function shown(message: ReturnType<typeof foreign>): unknown {
  const headers = Object.entries(message.headers ?? {}).map(([header, value]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return [
      header,
      values
        .filter((one) => Buffer.isBuffer(one) || one === null)
        .map((one) => (Buffer.isBuffer(one) ? one.toString('hex') : one)),
    ];
  });
  const { key, value, timestamp } = message;
  return { key: key?.toString('hex'), value: value?.toString('hex'), timestamp, headers: headers.toSorted() };
}

test('whatever a record holds, a copy of a copy is read as the original, and says what its last writer noted', () => {
  fc.assert(
    fc.property(records, notes, notes, (record, first, second) => {
      const message = foreign(record, { timestamp: '1700000000000' });
      const copy = arrived(toCopy(message, first), { offset: '7', timestamp: '1800000000000' });
      expect(noteOf(copy)).toMatchObject({ ...first, state: { ...first.state } });
      const original = originalOf(copy, noteOf(copy)!);
      expect(shown(original)).toEqual(shown(message));
      expect(toIncoming(original)).toEqual(toIncoming(message));

      const again = arrived(toCopy(original, second), { offset: '9', timestamp: '1900000000000' });
      const { reason, dueAt, diedAt } = noteOf(again)!;
      expect({ reason, dueAt, diedAt }).toEqual({ reason: second.reason, dueAt: second.dueAt, diedAt: second.diedAt });
      expect(shown(originalOf(again, noteOf(again)!))).toEqual(shown(message));
    }),
  );
});

test("somebody else's header of our name is shown and kept, and is no note", () => {
  const forged = Buffer.from(JSON.stringify({ v: 1, ...note, state: { attempt: '99' } }));
  const message = foreign({
    key: null,
    value: null,
    headers: [
      [copyHeader, forged],
      [copyHeader, null],
    ],
  });
  expect(toIncoming(message).headers[copyHeader]).toBe(forged.toString());
  const copy = arrived(toCopy(message, note));
  expect(noteOf(copy)?.state).toEqual({ attempt: '2' });
  expect(shown(originalOf(copy, noteOf(copy)!))).toEqual(shown(message));
});

test('a note that is no note is none', () => {
  const rest = '"position":"p","group":"g"';
  const broken = [
    '',
    '{',
    'null',
    '[]',
    `{"v":2,"state":{},${rest}}`,
    `{"v":1,"state":{"a":1},${rest}}`,
    `{"v":1,"state":[],${rest}}`,
  ];
  for (const one of [...broken, '{"v":1,"state":{},"group":"g"}', '{"v":1,"state":{},"position":"p"}'])
    expect(noteOf(foreign({ key: null, value: null, headers: [[copyHeader, Buffer.from(one)]] }))).toBeUndefined();
  expect(noteOf(foreign({ key: null, value: null, headers: [[copyHeader, null]] }))).toBeUndefined();
  expect(noteOf(foreign({ key: null, value: null, headers: [] }))).toBeUndefined();
});

test('what is odd in a note is left out', () => {
  const odd = `{"v":1,"state":{},"position":"p","group":"g","dueAt":"x","diedAt":1e99,"timestamp":-0.5,"shadowed":[1],"nulls":[["a"],["b",-1],7]}`;
  const message = foreign({ key: null, value: null, headers: [[copyHeader, Buffer.from(odd)]] });
  expect(noteOf(message)).toEqual({ state: {}, position: 'p', group: 'g', shadowed: [], nulls: [] });
  expect(originalOf(message, noteOf(message)!).headers).toEqual({});
});

test('the form on the wire stays as it is', () => {
  const headers = { 'event-id': 'id-1', 'event-type': 'shop.order.placed' };
  const message = delivered({ id: 'id-1', type: 'shop.order.placed', key: 'k', headers, body: Buffer.from('{}') });
  const dead = { ...note, reason: 'attempts-exhausted', diedAt: 1_790_000_000_000 };
  expect(toCopy(message, dead).headers[copyHeader]).toMatchInlineSnapshot(
    `"{"v":1,"state":{"attempt":"2"},"position":"payment_order/3/17","group":"ledger","reason":"attempts-exhausted","diedAt":1790000000000,"timestamp":1790000000000}"`,
  );
  expect(toCopy(message, { ...note, dueAt: 1_790_000_005_000 }).position).toBe(note.position);
});
