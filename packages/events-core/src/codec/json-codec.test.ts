import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UndecodableError } from '../errors/undecodable-error.ts';
import type { PreparedEvent } from '../events/event.ts';
import { exampleOf, paymentEvents, type PaymentEvents } from '../events/payment-events.ts';
import { topicOf } from '../events/names.ts';
import type { EventDefinitions } from '../events/event-definition.ts';
import { jsonCodec } from './json-codec.ts';
import { jsonIssues } from './json-safe.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const decodeText = (text: string) => jsonCodec.decode(bytes(text));

/** The smallest body that is an event, with some fields replaced; undefined takes one away. */
const bodyWith = (fields: Record<string, unknown>) =>
  JSON.stringify({ event_type: 'payment.invoice.paid', timestamp: '2026-11-23T09:00:36Z', data: {}, ...fields });
/** The same around data given as JSON text. */
const bodyAround = (data: string) => `{"event_type":"a.b","timestamp":"2026-11-23T09:00:36Z","data":${data}}`;

function reasonFor(body: Uint8Array): string | undefined {
  try {
    jsonCodec.decode(body);
    return undefined;
  } catch (error) {
    return UndecodableError.isInstance(error) ? error.reason : `not an UndecodableError: ${String(error)}`;
  }
}

function preparedEvent(data: unknown): PreparedEvent {
  return { id: 'evt_1', type: 'payment.custom.event', time: '2026-11-23T09:00:36.165Z', source: '/billing', data };
}

describe('the body of an event', () => {
  const types = Object.keys(paymentEvents) as (keyof PaymentEvents)[];
  const definitions = paymentEvents as unknown as EventDefinitions;

  it.each([...new Set(types.map(topicOf))])('of the %s family changes only on purpose', async (topic) => {
    const bodies = types
      .filter((type) => topicOf(type) === topic)
      .map((type, index) => {
        const data = exampleOf(type);
        const key = definitions[type]?.key?.(data);
        const id = `0192e4a0-0000-4000-8000-00000000000${index}`;
        return jsonCodec.encode({ ...preparedEvent(data), id, type, ...(key === undefined ? {} : { key }) });
      });
    await expect(bodies.map((body) => `${new TextDecoder().decode(body)}\n`).join('')).toMatchFileSnapshot(
      `./golden/${topic}.txt`,
    );
  });

  it('has its fields in one order, without a key where there is none', () => {
    const body = new TextDecoder().decode(jsonCodec.encode(preparedEvent({ custom_id: '1' })));
    expect(body).toBe(
      '{"id":"evt_1","event_type":"payment.custom.event","timestamp":"2026-11-23T09:00:36.165Z","source":"/billing","data":{"custom_id":"1"}}',
    );
  });

  it('comes back as it went, whatever JSON and Unicode that may be published it holds', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 }),
        fc.string({ unit: 'grapheme' }),
        (data, source) => {
          fc.pre(jsonIssues(data).length === 0);
          const { time, ...event } = { ...preparedEvent(data), source, key: 'ключ 🔑' };
          const { numberText: _, ...decoded } = jsonCodec.decode(jsonCodec.encode({ ...event, time }));
          // Through JSON once, where −0 becomes 0.
          expect(decoded).toEqual({ ...event, time: new Date(time), data: JSON.parse(JSON.stringify(data)) });
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });

  it.each(['\u0000\u001f', '\u2028\u2029', '😀', '\ufeff', '\uffff', 'e\u0301 ≠ é', '\ud800', '"\\/'])(
    'carries the text %j',
    (text) => {
      expect(jsonCodec.decode(jsonCodec.encode(preparedEvent({ [text]: text }))).data).toEqual({ [text]: text });
    },
  );

  it('is read wherever it lies in its buffer', () => {
    const body = bytes(bodyWith({}));
    const around = new Uint8Array(body.length + 20).fill(0xff);
    around.set(body, 7);
    expect(jsonCodec.decode(around.subarray(7, 7 + body.length)).type).toBe('payment.invoice.paid');
  });
});

describe('a foreign body', () => {
  it('of the Python library is read', () => {
    const decoded = decodeText(
      '{"event_type": "payment.transaction.succeeded", "timestamp": "2026-11-23T09:00:36.165575+00:00", "data": {"payment_id": "pay_1", "amount": 49.99, "currency": "EUR"}}',
    );
    expect(decoded).toMatchObject({
      type: 'payment.transaction.succeeded',
      time: new Date('2026-11-23T09:00:36.165Z'),
      source: '',
      data: { payment_id: 'pay_1', amount: 49.99, currency: 'EUR' },
    });
    expect(decoded.id).toBeUndefined();
    expect(decoded.key).toBeUndefined();
    expect(decoded.numberText('amount')).toBe('49.99');
  });

  it('may have further fields in its envelope', () => {
    expect(decodeText(bodyWith({ version: 2, trace: { a: [1] }, constructor: { prototype: {} } })).type).toBe(
      'payment.invoice.paid',
    );
  });

  it.each([
    ['a byte order mark', bytes(`\ufeff${bodyWith({})}`)],
    ['nothing', bytes('')],
    ['spaces', bytes('  ')],
    ['half a body', bytes(bodyWith({}).slice(0, -5))],
    ['a body and more', bytes(`${bodyWith({})}{}`)],
    ['an array', bytes('[]')],
    ['null', bytes('null')],
    ['a text', bytes('"text"')],
    ['NaN, as Python writes it', bytes(bodyAround('{"amount": NaN}'))],
    ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['a surrogate in UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ['Latin-1', Buffer.from(bodyWith({ source: 'é' }), 'latin1')],
  ])('that is %s is undecodable', (_name, body) => expect(reasonFor(body)).toBe('undecodable'));

  it.each([
    ['event_type', [undefined, null, '', 7, {}]],
    ['timestamp', [undefined, null, '', 1_700_000_000, 'yesterday', '2026-02-30T00:00:00Z']],
    ['data', [undefined]],
    ['id', [null, '', 7, 'a'.repeat(201), 'a\nb', '\ud800']],
    ['key', [null, '', 7, 'a'.repeat(256), '\u0000']],
    ['source', [null, 7, {}]],
  ])('whose %s is missing or wrong has an invalid envelope', (field, values) => {
    for (const value of values) expect(reasonFor(bytes(bodyWith({ [field]: value })))).toBe('invalid-envelope');
  });

  it('of any bytes at all is an event or an UndecodableError', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\',
      '1e9',
      '-',
      '"data"',
      '"event_type"',
      '__proto__',
      ' ',
      'é',
    );
    const text = fc.array(pieces, { maxLength: 30 }).map((parts) => bytes(parts.join('')));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), text), (body) => {
        expect(reasonFor(body) ?? 'undecodable').toMatch(/^(undecodable|invalid-envelope|inexact-number)$/);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  it('that is refused is not quoted', () => {
    const secret = 'secret4242';
    for (const text of [secret, `{"${secret}`, bodyWith({ event_type: [secret] }), bodyWith({ id: `${secret}\n` })]) {
      expect(() => decodeText(text)).toThrow(UndecodableError);
      expect(() => decodeText(text)).not.toThrow(secret);
    }
  });
});

describe('a hostile body', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

  it('cannot change a prototype', () => {
    for (const key of ['__proto__', '\\u005f_proto__', '__pr\\u006fto__']) {
      expect(reasonFor(bytes(bodyAround(`{"${key}":{"polluted":1}}`)))).toBe('undecodable');
      expect(reasonFor(bytes(bodyAround(`[{"a":{"${key}":1}}]`)))).toBe('undecodable');
      expect(reasonFor(bytes(`{"${key}":{"event_type":"a.b"},${bodyAround('1').slice(1)}`))).toBe('undecodable');
    }
    expect(decodeText(bodyAround('{"constructor":{"prototype":{"polluted":1}}}')).data).toHaveProperty('constructor');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('is read down to 64 levels of data, and not below', () => {
    expect(reasonFor(bytes(bodyAround(nested(64))))).toBeUndefined();
    expect(reasonFor(bytes(bodyAround(nested(65))))).toBe('undecodable');
    expect(reasonFor(bytes(bodyAround('{"a":'.repeat(65) + '1' + '}'.repeat(65))))).toBe('undecodable');
  });

  it('of a million levels does not exhaust the stack', () => {
    expect(reasonFor(bytes(bodyAround(nested(1_000_000))))).toBe('undecodable');
    expect(reasonFor(bytes(bodyAround('{"a":'.repeat(1_000_000))))).toBe('undecodable');
  });

  it('with brackets in its texts is not taken for a deep one', () => {
    const text = JSON.stringify(`${'[{'.repeat(50_000)}\\"`);
    expect(reasonFor(bytes(bodyAround(`{${text}:${text}}`)))).toBeUndefined();
  });

  it('may repeat a key: the last one counts, for the number and for its digits', () => {
    const decoded = decodeText(bodyAround('{"amount":1.50,"amount":2.50}'));
    expect(decoded.data).toEqual({ amount: 2.5 });
    expect(decoded.numberText('amount')).toBe('2.50');
    const text = decodeText(bodyAround('{"amount":1.50},"data":{"amount":"x"}'));
    expect(text.numberText('amount')).toBeUndefined();
  });
});
