import { describe, expect, it } from 'vitest';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { defineEvents } from '../events/define-events.ts';
import { unchecked } from '../events/unchecked.ts';
import { bodyOf, setUpPublisher } from './publisher.test-support.ts';

const cyclic: Record<string, unknown> = {};
cyclic['self'] = { again: cyclic };

async function refusal(published: (publisher: ReturnType<typeof setUpPublisher>['publisher']) => Promise<unknown>) {
  const { adapter, publisher } = setUpPublisher();
  const error: unknown = await published(publisher).catch((thrown: unknown) => thrown);
  expect(InvalidEventError.isInstance(error)).toBe(true);
  expect(adapter.calls).toEqual([]);
  return error as InvalidEventError;
}

describe('an event is refused, and nothing is sent, when', () => {
  it('its type is not in the catalogue, with a suggestion', async () => {
    const error = await refusal((publisher) => publisher.publish('shop.order.place' as never, {} as never));
    expect(error.message).toContain('"shop.order.place" is not in the catalogue. Did you mean "shop.order.placed"?');
    expect(error.eventType).toBe('shop.order.place');
  });

  it.each([null, undefined, 5, 'constructor', '', 'x'.repeat(10_000)])('its type is %o', async (type) => {
    const error = await refusal((publisher) => publisher.publish(type as never, {} as never));
    expect(error.issues).toEqual([{ path: 'type', message: 'is not in the catalogue' }]);
    expect(error.message.length).toBeLessThan(500);
  });

  it.each([
    ['a BigInt', { total: 1n }, 'data.total'],
    ['not a number', { a: [{ total: Number.NaN }] }, 'data.a[0].total'],
    ['infinite', { total: Number.NEGATIVE_INFINITY }, 'data.total'],
    ['an integer that cannot be carried exactly', { total: 2 ** 53 }, 'data.total'],
    ['part of itself', cyclic, 'data.self.again'],
    ['a function', { total: () => 5 }, 'data.total'],
    ['a Date', { at: new Date() }, 'data.at'],
  ])('something in its data is %s: told with its place', async (_, data, path) => {
    const error = await refusal((publisher) => publisher.publish('shop.note.taken', data));
    expect(error.issues).toMatchObject([{ path }]);
    expect(error.message).toContain(path);
  });

  it('its data does not fit: told with place and reason, never with the value', async () => {
    const data = { order: 'o1', total: 'hunter2' };
    const error = await refusal((publisher) => publisher.publish('shop.order.placed', data as never));
    expect(error.message).toMatch(/^shop\.order\.placed cannot be published: data\.total /);
    expect(JSON.stringify([error.message, error.issues])).not.toContain('hunter2');
  });

  it.each([
    ['id', { id: '' }],
    ['id', { id: 'x'.repeat(201) }],
    ['id', { id: 'half \ud800' }],
    ['id', { id: 5 as never }],
    ['key', { key: '' }],
    ['key', { key: 'two\nlines' }],
    ['key', { key: '€'.repeat(86) }],
    ['time', { time: new Date('yesterday') }],
    ['time', { time: '2026-11-23' as never }],
    ['headers["event-id"]', { headers: { 'event-id': 'mine' } }],
    ['headers["X-Upper"]', { headers: { 'X-Upper': 'a' } }],
    ['headers["x-lines"]', { headers: { 'x-lines': 'a\r\nb' } }],
  ])('its %s cannot travel: %o', async (path, options) => {
    const error = await refusal((publisher) => publisher.publish('shop.note.taken', {}, options));
    expect(error.issues).toMatchObject([{ path }]);
  });

  it('its definition cannot read its key, or its schema breaks: a bug there is not a valid event', async () => {
    const breaking = () => {
      throw new TypeError('no rates');
    };
    const events = defineEvents({
      'shop.rate.set': { schema: unchecked<object>(), key: breaking },
      'shop.rate.asked': { '~standard': { version: 1, vendor: 'test', validate: breaking } },
      'shop.rate.given': { '~standard': { version: 1, vendor: 'test', validate: async () => breaking() } },
    });
    const { adapter, publisher } = setUpPublisher({}, { events: events as never });
    const publish = (type: string) => publisher.publish(type as never, {} as never);
    await expect(publish('shop.rate.set')).rejects.toThrow('The key of shop.rate.set could not be read from its data');
    for (const type of ['shop.rate.asked', 'shop.rate.given']) {
      const error: unknown = await publish(type).catch((thrown: unknown) => thrown);
      expect(InvalidEventError.isInstance(error)).toBe(true);
      expect(error).toMatchObject({ issues: [{ path: 'data' }], cause: new TypeError('no rates') });
    }
    expect(adapter.calls).toEqual([]);
  });

  it.each([
    ['a promise that rejects', () => Promise.reject(new Error('no rates'))],
    ['a promise', () => Promise.resolve('k')],
    ['a number', () => 5],
  ])('its definition gives %s for a key', async (_, key) => {
    const events = defineEvents({ 'shop.rate.set': { schema: unchecked<object>(), key: key as never } });
    const { adapter, publisher } = setUpPublisher({}, { events: events as never });
    const error: unknown = await publisher
      .publish('shop.rate.set' as never, {} as never)
      .catch((thrown: unknown) => thrown);
    expect(InvalidEventError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ issues: [{ path: 'key' }] });
    expect(adapter.calls).toEqual([]);
  });
});

describe('a prepared event', () => {
  it('travels through JSON, and keeps its id however often it is published', async () => {
    const { adapter, publisher } = setUpPublisher();
    const prepared = await publisher.prepare('shop.order.placed', { order: 'o1' });
    expect(adapter.calls).toEqual([]);
    const stored: typeof prepared = JSON.parse(JSON.stringify(prepared));
    expect(stored).toEqual(prepared);
    await adapter.clock.advance(60_000);
    for (let time = 0; time < 2; time += 1) {
      expect(await publisher.publish(stored, { headers: { 'x-try': String(time) } })).toMatchObject({
        id: prepared.id,
      });
    }
    const [first, second] = adapter.sent;
    expect(first?.body).toEqual(second?.body);
    expect(bodyOf(first)).toMatchObject({ id: prepared.id, timestamp: prepared.time, source: '/shop', key: 'o1' });
    expect(second?.headers['x-try']).toBe('1');
  });

  it('is what was given at the call, whatever the caller does to it at once', async () => {
    const { publisher } = setUpPublisher();
    const data = { order: 'o1', total: 5 };
    const preparing = publisher.prepare('shop.order.placed', data);
    data.total = -1;
    const prepared = await preparing;
    data.order = 'o2';
    expect(prepared).toMatchObject({ key: 'o1', data: { order: 'o1', total: 5 } });
  });

  it('is validated when it is prepared, and again when it is published', async () => {
    const { publisher } = setUpPublisher();
    await expect(publisher.prepare('shop.order.placed', { order: 5 } as never)).rejects.toThrow(InvalidEventError);
    const prepared = await publisher.prepare('shop.order.placed', { order: 'o1' });
    await expect(publisher.publish({ ...prepared, data: {} })).rejects.toThrow('data.order');
  });

  it.each([5, null, {}, '', 'x'.repeat(500)])(
    'whose source is %j is refused, as createPublisher would',
    async (source) => {
      const { adapter, publisher } = setUpPublisher();
      const prepared = await publisher.prepare('shop.order.placed', { order: 'o1' });
      await expect(publisher.publish({ ...prepared, source } as never)).rejects.toMatchObject({
        issues: [{ path: 'source' }],
      });
      expect(adapter.calls).toEqual([]);
    },
  );

  it.each(['id', 'time', 'type'] as const)(
    'that has lost its %s is refused: published twice it would be two',
    async (field) => {
      const { adapter, publisher } = setUpPublisher();
      const { [field]: _, ...rest } = await publisher.prepare('shop.order.placed', { order: 'o1' });
      await expect(publisher.publish(rest as never)).rejects.toMatchObject({ issues: [{ path: field }] });
      expect(adapter.calls).toEqual([]);
    },
  );
});
