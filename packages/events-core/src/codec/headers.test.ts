import { describe, expect, it } from 'vitest';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import type { PreparedEvent } from '../events/event.ts';
import type { Codec } from './codec.ts';
import { codecFor, headersOf, reservedHeaders } from './headers.ts';
import { jsonCodec } from './json-codec.ts';

const event: PreparedEvent = {
  id: 'evt_1',
  type: 'payment.invoice.paid',
  time: '2026-11-23T09:00:36.165Z',
  source: '/billing',
  key: 'inv_1',
  data: {},
};
const contentType = 'application/json';
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the headers of an event', () => {
  it('say what routing and tracing need', () => {
    expect(headersOf(event, { contentType, traceparent, extra: { 'x-request-id': '7' } })).toEqual({
      'event-id': 'evt_1',
      'event-type': 'payment.invoice.paid',
      'event-key': 'inv_1',
      'content-type': 'application/json',
      'schema-version': '1',
      traceparent,
      'x-request-id': '7',
    });
  });

  it('say nothing of a key or a trace that is not there', () => {
    const { key: _, ...keyless } = event;
    expect(Object.keys(headersOf(keyless, { contentType })).toSorted()).toEqual([
      'content-type',
      'event-id',
      'event-type',
      'schema-version',
    ]);
  });

  it('leave a trace out that is not in its form', () => {
    for (const wrong of ['', 'x', `${traceparent}\n`, traceparent.toUpperCase()]) {
      expect(headersOf(event, { contentType, traceparent: wrong })).not.toHaveProperty('traceparent');
    }
  });

  it.each([...reservedHeaders])('cannot be given %s', (name) =>
    expect(() => headersOf(event, { contentType, extra: { [name]: 'x' } })).toThrow('written by the library itself'),
  );

  it.each([
    { 'X-Id': '1' },
    { 'a b': '1' },
    { a: 'line\nbreak' },
    { a: '\ud800' },
    { a: 7 as unknown as string },
    JSON.parse('{"__proto__":"1"}'),
  ])('cannot be %j', (extra) => {
    expect(() => headersOf(event, { contentType, extra })).toThrow(InvalidEventError);
    expect(() => headersOf(event, { contentType, extra })).not.toThrow('break');
  });
});

describe('the codec for a message', () => {
  const other: Codec = { ...jsonCodec, contentType: 'application/cloudevents+json; charset=utf-8' };
  const codecs = [jsonCodec, other];

  it.each([
    ['application/json', jsonCodec],
    ['application/cloudevents+json', other],
    ['Application/CloudEvents+JSON ;charset=latin1', other],
    ['text/plain', jsonCodec],
    ['', jsonCodec],
  ])('of type %j is the one of that type, else the first', (named, codec) => {
    expect(codecFor(codecs, { 'content-type': named })).toBe(codec);
  });

  it('without a type is the first', () => expect(codecFor(codecs, {})).toBe(jsonCodec));
  it('needs a codec to choose from', () => expect(() => codecFor([], {})).toThrow('At least one codec'));
});
