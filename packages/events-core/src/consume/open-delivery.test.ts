import { describe, expect, it } from 'vitest';
import { jsonCodec } from '../codec/json-codec.ts';
import type { EventDefinitions } from '../events/event-definition.ts';
import { deliveryOf } from './delivery.test-support.ts';
import { openDelivery, type Opening } from './open-delivery.ts';
import { shopEvents } from '../events/shop-events.test-support.ts';

const opening: Opening = { events: shopEvents as EventDefinitions, codecs: [jsonCodec], foreignAmounts: undefined };
const fresh = { attempts: 0, redrives: 0 };
const open = (delivery = deliveryOf(), notes: typeof fresh & { id?: string } = fresh, more: Partial<Opening> = {}) =>
  openDelivery({ ...opening, ...more }, delivery, notes);

const raw = (body: string | Uint8Array) => {
  const delivery = deliveryOf();
  return { ...delivery, message: { ...delivery.message, body: Buffer.from(body) } };
};

describe('opening a delivery', () => {
  it('gives the event as it was published', () => {
    expect(open()).toEqual({
      kind: 'event',
      event: {
        id: 'e1',
        type: 'shop.order.placed',
        time: new Date('2026-11-23T09:00:00.000Z'),
        source: '/shop',
        key: 'o1',
        data: { order: 'o1' },
      },
      definition: shopEvents['shop.order.placed'],
      foreign: false,
    });
  });

  it.each([
    ['nothing', '', 'undecodable'],
    ['no JSON', '{"id":', 'undecodable'],
    ['no object', '[1]', 'undecodable'],
    ['no UTF-8', Uint8Array.of(0xff, 0xfe), 'undecodable'],
    ['no event type', '{"id":"e1","timestamp":"2026-11-23T09:00:00Z","data":{}}', 'invalid-envelope'],
    [
      'a number that JavaScript would round',
      JSON.stringify({ a: 1 }).replace('1', '9007199254740993'),
      'inexact-number',
    ],
  ])('finds a body that has %s hopeless', (_, body, reason) => {
    expect(open(raw(body))).toMatchObject({ kind: 'hopeless', reason });
  });

  it('finds a body hopeless when a codec breaks on it', () => {
    const broken = {
      ...jsonCodec,
      decode: () => {
        throw new TypeError('bug');
      },
    };
    expect(open(deliveryOf(), fresh, { codecs: [broken] })).toMatchObject({ kind: 'hopeless', reason: 'undecodable' });
  });

  it('knows a type outside the catalogue, and is not fooled by the names of a prototype', () => {
    expect(open(deliveryOf({ event_type: 'shop.order.archived' }))).toEqual({
      kind: 'unknown-type',
      type: 'shop.order.archived',
      id: 'e1',
    });
    expect(open(deliveryOf({ event_type: 'constructor' }))).toMatchObject({ kind: 'unknown-type' });
  });
});

describe('the key of a delivery', () => {
  it('is what the body says, else what the broker says, else what its definition reads from the data', () => {
    const withKey = deliveryOf({ key: 'body' });
    expect(open({ ...withKey, message: { ...withKey.message, key: 'broker' } })).toMatchObject({
      event: { key: 'body' },
    });
    const without = deliveryOf();
    expect(open({ ...without, message: { ...without.message, key: 'broker' } })).toMatchObject({
      event: { key: 'broker' },
    });
    expect(open()).toMatchObject({ event: { key: 'o1' } });
  });

  it.each([null, {}, { order: 5 }])('is none where it cannot be read from %o', (data) => {
    const opened = open(deliveryOf({ data }));
    expect(opened.kind === 'event' && 'key' in opened.event).toBe(false);
  });
});

describe('an event of a foreign producer', () => {
  const foreign = deliveryOf({ id: undefined as never, event_type: 'shop.order.canceled', data: {} });

  it('gets an id from its bytes, the same at each delivery', () => {
    const first = open(foreign);
    expect(first).toMatchObject({ kind: 'event', foreign: true, event: { id: expect.stringMatching(/^foreign-/) } });
    expect(open(foreign)).toEqual(first);
  });

  it('gets another id at another position', () => {
    const ids = ['7', '8'].map((position) => {
      const opened = open({ ...foreign, position });
      return opened.kind === 'event' && opened.event.id;
    });
    expect(new Set(ids).size).toBe(2);
  });

  it('keeps the id it was given before, wherever it comes from this time', () => {
    const again = open({ ...foreign, position: 'redriven' }, { ...fresh, id: 'foreign-before' });
    expect(again).toMatchObject({ event: { id: 'foreign-before' } });
  });

  it('has its amounts read as the consumer says, and is hopeless when it does not say', () => {
    const asked = deliveryOf({
      id: undefined as never,
      event_type: 'shop.refund.asked',
      data: { amount: 49.99, currency: 'EUR' },
    });
    expect(open(asked)).toMatchObject({ kind: 'hopeless', reason: 'foreign-amounts' });
    expect(open(asked, fresh, { foreignAmounts: 'major' })).toMatchObject({ event: { data: { amount: 4_999 } } });
    expect(open(asked, fresh, { foreignAmounts: 'minor' })).toMatchObject({ event: { data: { amount: 49.99 } } });
  });

  it('with an id is trusted to send minor units', () => {
    const asked = deliveryOf({ event_type: 'shop.refund.asked', data: { amount: 4_999, currency: 'EUR' } });
    expect(open(asked)).toMatchObject({ kind: 'event', foreign: false, event: { data: { amount: 4_999 } } });
  });
});
