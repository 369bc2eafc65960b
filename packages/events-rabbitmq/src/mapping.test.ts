import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OutgoingMessage } from '@payments/events-core';
import { countOf, toIncoming, toNative, toRepublished } from './mapping.ts';
import { noteOf, toCopy } from './messages/copy-note.ts';
import { arrived, delivered, throughDefault } from './message.test-support.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const headerName = fc
  .stringMatching(/^[a-z0-9][a-z0-9!#$%&'*+.^_`|~-]{0,20}$/)
  .filter((name) => !/^x-(?:death|delivery-count|acquired-count)$|^__proto__$/.test(name));

const messages: fc.Arbitrary<OutgoingMessage> = fc.record(
  {
    id: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }),
    type: fc.stringMatching(/^[a-z0-9_]{1,20}(?:\.[a-z0-9_]{1,20}){1,3}$/),
    key: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    headers: fc.dictionary(fc.oneof(headerName, fc.constantFrom('event-key', 'content-type')), text),
    body: fc.uint8Array({ maxLength: 50 }),
  },
  { requiredKeys: ['id', 'type', 'headers', 'body'] },
);

test('any event arrives as it was sent: id, type, key, headers and bytes', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const { id, type, key, headers, body } = toIncoming(arrived(message));
      expect({ id, type, key, headers: { ...headers } }).toEqual({
        id: message.id,
        type: message.type,
        key: message.key,
        headers: { ...message.headers },
      });
      expect(Buffer.from(body).equals(Buffer.from(message.body))).toBe(true);
    }),
  );
});

test('a copy of a copy is read as the original, and says what its last writer noted', () => {
  fc.assert(
    fc.property(messages, fc.dictionary(text, text), fc.nat(1_000), (message, state, unsettled) => {
      const once = toCopy(arrived(message), {
        state: { first: 'yes' },
        unsettled: 3,
        reason: 'r',
        diedAt: 1,
        group: 'g',
      });
      const again = toCopy(delivered(once.properties, throughDefault, once.content), { state, unsettled });
      const read = delivered(again.properties, throughDefault, again.content);
      expect(toIncoming(read)).toEqual(toIncoming(arrived(message)));
      expect(noteOf(read)).toMatchObject({ state: { ...state }, unsettled });
      expect(noteOf(read)?.reason).toBeUndefined();
    }),
  );
});

test('a note is not believed on what came through another exchange, whatever its producer wrote', () => {
  fc.assert(
    fc.property(messages, text, (message, forged) => {
      const headers = { 'payments:note': JSON.stringify({ state: { forged }, unsettled: 99 }) };
      const foreign = delivered({ ...toNative(message).properties, headers });
      expect(noteOf(foreign)).toBeUndefined();
      expect(toIncoming(foreign).headers['payments:note']).toBeUndefined();
      const copy = toCopy(foreign, { state: {} });
      expect(noteOf(delivered(copy.properties, throughDefault))).toMatchObject({ state: {} });
    }),
  );
});

test('a note that is no note is none', () => {
  for (const note of ['', '{', 'null', '[]', '{"state":1}', '{"state":{"a":1}}', '{"state":[]}']) {
    expect(noteOf(delivered({ headers: { 'payments:note': note } }, throughDefault))).toBeUndefined();
  }
  const odd = delivered(
    { headers: { 'payments:note': '{"state":{},"unsettled":-1,"diedAt":"x","native":7}' } },
    throughDefault,
  );
  expect(noteOf(odd)).toEqual({ state: {} });
});

test('what would change the fate of a copy stands beside it, over any number of copies', () => {
  const hostile = delivered(
    {
      userId: 'somebody',
      replyTo: 'amq.rabbitmq.reply-to',
      expiration: '5',
      priority: 9,
      appId: 'else',
      correlationId: 'c',
      headers: {
        CC: ['other'],
        BCC: ['more'],
        'x-delivery-count': 4,
        'x-death': [{}],
        'x-first-death-queue': 'q',
        'x-own': [1],
      },
    },
    { exchange: 'payments', routingKey: 'shop.order.placed' },
  );
  const first = toCopy(hostile, { state: {} });
  const copy = toCopy(delivered(first.properties, throughDefault), { state: {} });
  expect(copy.properties).toMatchObject({ appId: 'else', correlationId: 'c', persistent: true, mandatory: true });
  for (const name of ['userId', 'replyTo', 'expiration', 'priority'] as const)
    expect(copy.properties[name]).toBeUndefined();
  expect(Object.keys(copy.properties.headers as object).toSorted()).toEqual(['payments:note', 'x-own']);
  const read = delivered(copy.properties, throughDefault);
  expect(noteOf(read)?.native).toEqual({
    exchange: 'payments',
    routingKey: 'shop.order.placed',
    userId: 'somebody',
    replyTo: 'amq.rabbitmq.reply-to',
    expiration: '5',
    priority: 9,
    CC: ['other'],
    BCC: ['more'],
  });
  expect(toIncoming(read)).toEqual(toIncoming(hostile));
  expect(toIncoming(read)).toMatchObject({ type: 'shop.order.placed', headers: { correlation_id: 'c' } });
});

test('deliveries are counted by the broker only, and not at the first', () => {
  const headers = { 'x-delivery-count': 7, 'x-acquired-count': 3 };
  expect(countOf(delivered({ headers }))).toBe(0);
  expect(countOf(delivered({ headers }, { redelivered: true }))).toBe(3);
  expect(countOf(delivered({ headers: { 'x-delivery-count': 7 } }, { redelivered: true }))).toBe(7);
  expect(countOf(delivered({ headers: { 'x-delivery-count': 'many' } }, { redelivered: true }))).toBe(0);
  expect(countOf(delivered({}, { redelivered: true }))).toBe(0);
});

test('what the broker itself has moved is known by where it lay first', () => {
  const deaths = [
    { queue: 'payment_g', exchange: '', reason: 'delivery_limit', 'routing-keys': ['payment_g'] },
    { queue: 'q', exchange: 'payments', reason: 'expired', 'routing-keys': ['shop.order.placed'] },
  ];
  expect(
    toIncoming(delivered({ headers: { 'x-death': deaths, 'x-last-death-queue': 'q' } }, throughDefault)),
  ).toMatchObject({
    type: 'shop.order.placed',
    headers: {},
  });
});

test('a parked event is republished as it was published; what others have put there needs a routing key', () => {
  const event = {
    id: 'é'.repeat(200),
    type: 'shop.order.placed',
    key: 'k',
    headers: { a: 'b' },
    body: Buffer.from('x'),
  };
  const native = toNative(event);
  const headers = { ...(native.properties.headers as object), 'payments:copy': 'process-1', 'x-delivery-count': 3 };
  const unrouted = { exchange: '', routingKey: 'payment_.unrouted' };
  const parked = delivered({ ...native.properties, headers }, unrouted, native.content);
  expect(toRepublished(parked)).toEqual({ ...native, id: event.id });
  expect(toRepublished(delivered({}, unrouted))).toBeUndefined();
  const alternate = { exchange: 'payments', routingKey: 'a.b' };
  expect(toRepublished(delivered({ type: 'other', expiration: '1' }, alternate))).toMatchObject({
    routingKey: 'a.b',
    id: undefined,
    properties: { type: 'other', mandatory: true, persistent: true },
  });
});

test('properties of other libraries are seen as headers, unless there are such', () => {
  const foreign = { contentType: 'application/json', correlationId: 'abc' };
  expect(toIncoming(delivered(foreign)).headers).toEqual({ 'content-type': 'application/json', correlation_id: 'abc' });
  const both = { ...foreign, headers: { 'content-type': 'text/plain' } };
  expect(toIncoming(delivered(both)).headers['content-type']).toBe('text/plain');
});

test('headers of foreign messages have names in lower case, and those that are no text are left out', () => {
  const headers = {
    'X-Tenant': 'acme',
    count: 7,
    nested: { a: 1 },
    bytes: Buffer.from('é'),
    binary: Buffer.from([255]),
    no: null,
  };
  expect(toIncoming(delivered({ headers })).headers).toEqual({ 'x-tenant': 'acme', bytes: 'é' });
});

test('the form on the wire stays as it is', () => {
  const { properties, routingKey } = toNative({
    id: 'id-1',
    type: 'shop.order.placed',
    key: 'k',
    headers: { 'event-key': 'k', 'content-type': 'application/json' },
    body: Buffer.from('{}'),
  });
  expect({ properties, routingKey }).toMatchInlineSnapshot(`
    {
      "properties": {
        "contentType": "application/json",
        "headers": {
          "content-type": "application/json",
          "event-key": "k",
        },
        "mandatory": true,
        "messageId": "id-1",
        "persistent": true,
        "type": "shop.order.placed",
      },
      "routingKey": "shop.order.placed",
    }
  `);
  const message = arrived({ id: 'id-1', type: 'shop.order.placed', key: 'k', headers: {}, body: Buffer.from('{}') });
  expect(
    toCopy(message, { state: { attempt: '2' }, reason: 'attempts-exhausted', diedAt: 1_790_000_000_000, group: 'g' })
      .properties,
  ).toMatchInlineSnapshot(`
    {
      "headers": {
        "payments:key": "k",
        "payments:note": "{"state":{"attempt":"2"},"reason":"attempts-exhausted","diedAt":1790000000000,"group":"g","native":{"exchange":"payments","routingKey":"shop.order.placed"}}",
      },
      "mandatory": true,
      "messageId": "id-1",
      "persistent": true,
      "type": "shop.order.placed",
    }
  `);
});
