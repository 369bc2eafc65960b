import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OutgoingMessage } from '@payments/events-core';
import { toIncoming, toNative } from './mapping.ts';
import { delivered, foreign } from './record.test-support.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
/** What a plain object has already is a name like any other. */
const inherited = fc.constantFrom('constructor', '__proto__', 'valueof', 'tostring', 'hasownproperty');
const headerName = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[a-z0-9][a-z0-9!#$%&'*+.^_`|~-]{0,20}$/) },
  { weight: 1, arbitrary: inherited },
);
const coreHeader = fc.constantFrom('event-id', 'event-type', 'event-key', 'content-type');

const messages: fc.Arbitrary<OutgoingMessage> = fc.record(
  {
    id: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    type: fc.stringMatching(/^[a-z0-9_]{1,20}(?:\.[a-z0-9_]{1,20}){1,3}$/),
    key: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    headers: fc.dictionary(fc.oneof(headerName, coreHeader), text),
    body: fc.uint8Array({ maxLength: 50 }),
  },
  { requiredKeys: ['id', 'type', 'headers', 'body'] },
);

test('any event arrives as it was sent: id, type, key, headers and bytes', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const { id, type, key, headers, body } = toIncoming(delivered(message));
      expect({ id, type, key }).toEqual({ id: message.id, type: message.type, key: message.key });
      expect(Object.entries(headers).toSorted()).toEqual(Object.entries(message.headers).toSorted());
      expect(Buffer.from(body).equals(Buffer.from(message.body))).toBe(true);
    }),
  );
});

test('the headers and the body of core are not copied', () => {
  const headers = { 'event-id': 'one', 'event-type': 'shop.order.placed', 'event-key': 'k' };
  const body = new Uint8Array([1, 2, 3]);
  const native = toNative({ id: 'one', type: 'shop.order.placed', key: 'k', headers, body });
  expect(native.headers).toBe(headers);
  body[0] = 9;
  expect(native.value?.[0]).toBe(9);
});

test('of foreign headers the last of several counts, names are in lower case, and what is no text is left out', () => {
  const message = foreign({
    key: null,
    value: Buffer.from('x'),
    headers: [
      ['X-Tenant', Buffer.from('first')],
      ['X-Tenant', Buffer.from('second')],
      ['X-Tenant', Buffer.from([0xff])],
      ['binary', Buffer.from([0xc3, 0x28])],
      ['none', null],
      ['replaced', Buffer.from('\ufffd')],
      ['constructor', Buffer.from('one')],
      ['', Buffer.from('no name')],
      ['bom', Buffer.from('\ufeffé')],
    ],
  });
  expect(toIncoming(message).headers).toEqual({
    'x-tenant': 'second',
    replaced: '\ufffd',
    constructor: 'one',
    '': 'no name',
    bom: '\ufeffé',
  });
});

test('a foreign record may have no value, no id, no type, and a key that is no text', () => {
  const bare = toIncoming(foreign({ key: Buffer.from([0xff, 0xfe]), value: null, headers: [] }));
  expect({ ...bare, body: bare.body.length }).toEqual({ headers: {}, body: 0 });
  const named = foreign({ key: Buffer.from([0xff]), value: null, headers: [['Event-Key', Buffer.from('k')]] });
  expect(toIncoming(named).key).toBe('k');
  expect(toIncoming(foreign({ key: 'ключ', value: null, headers: [['event-key', Buffer.from('k')]] })).key).toBe(
    'ключ',
  );
  expect(toIncoming(foreign({ key: '', value: null, headers: [] })).key).toBeUndefined();
});

test('anything that can stand in a record can be read', () => {
  const bytes = fc.uint8Array({ maxLength: 20 }).map((one) => Buffer.from(one));
  const headers = fc.array(fc.tuple(fc.oneof(headerName, text), fc.option(bytes)));
  const records = fc.record({ key: fc.option(bytes), value: fc.option(bytes), headers });
  fc.assert(
    fc.property(records, (record) => {
      const { headers: read, key, body } = toIncoming(foreign(record));
      expect(body.length).toBe(record.value?.length ?? 0);
      for (const value of [...Object.values(read), key ?? '']) expect(value.isWellFormed()).toBe(true);
    }),
  );
});

test('the form on the wire stays as it is', () => {
  const headers = { 'event-id': 'id-1', 'event-type': 'shop.order.placed', 'content-type': 'application/json' };
  const message = { id: 'id-1', type: 'shop.order.placed', key: 'k', headers, body: Buffer.from('{}') };
  const { value, ...shown } = toNative(message);
  expect({ ...shown, value: value?.toString() }).toMatchInlineSnapshot(`
    {
      "headers": {
        "content-type": "application/json",
        "event-id": "id-1",
        "event-type": "shop.order.placed",
      },
      "key": "k",
      "value": "{}",
    }
  `);
  expect(toNative({ ...message, id: 'id-2', headers: { ...headers, 'event-key': 'other' } }).headers)
    .toMatchInlineSnapshot(`
    {
      "content-type": "application/json",
      "event-id": "id-1",
      "event-key": "other",
      "event-type": "shop.order.placed",
      "payments:id": "id-2",
    }
  `);
  const { key: _, ...keyless } = message;
  expect(toNative({ ...keyless, headers: { ...headers, 'event-key': 'other' } })).toMatchObject({
    key: null,
    headers: { 'payments:key': '' },
  });
});
