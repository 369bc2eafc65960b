import { describe, expect, it } from 'vitest';
import { PublishOutcomeUnknownError } from '../errors/publish-outcome-unknown-error.ts';
import { PublishRejectedError } from '../errors/publish-rejected-error.ts';
import { SendError } from '../errors/send-error.ts';
import { settled } from '../ports/test-clock.test-support.ts';
import { bodyOf, lookups, setUpPublisher } from './publisher.test-support.ts';

const full = () => new SendError('queue full', { outcome: 'rejected', reason: 'full', retryable: true });
const refused = () => new SendError('no permission', { outcome: 'rejected', reason: 'forbidden', retryable: false });
const cut = () => new SendError('connection cut', { outcome: 'unknown', reason: 'disconnected', retryable: true });

const untilAborted = (_: unknown, signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(cut())));

describe('an event that is published', () => {
  it('is sent with its id, type, key, headers and body, and resolves with what the broker said', async () => {
    const answer = { position: 'orders/7', duplicate: true };
    const { adapter, publisher } = setUpPublisher({ send: async () => answer });
    const time = new Date('2026-11-23T08:00:00.000Z');
    const options = { id: 'e1', time, headers: { 'x-tenant': 'acme' } };
    const receipt = await publisher.publish('shop.order.placed', { order: 'o1' }, options);
    expect(receipt).toEqual({ id: 'e1', ...answer });
    const [message] = adapter.sent;
    expect(message).toMatchObject({
      id: 'e1',
      type: 'shop.order.placed',
      key: 'o1',
      headers: { 'event-id': 'e1', 'event-key': 'o1', 'content-type': 'application/json', 'x-tenant': 'acme' },
    });
    expect(bodyOf(message)).toEqual({
      id: 'e1',
      event_type: 'shop.order.placed',
      timestamp: '2026-11-23T08:00:00.000Z',
      source: '/shop',
      key: 'o1',
      data: { order: 'o1' },
    });
  });

  it('gets a random id, and the time now, where it has none', async () => {
    const { adapter, publisher } = setUpPublisher();
    const first = await publisher.publish('shop.note.taken', {});
    const second = await publisher.publish('shop.note.taken', {});
    expect(first.id).not.toBe(second.id);
    expect(bodyOf(adapter.sent[0])).toMatchObject({ id: first.id, timestamp: '2026-11-23T09:00:00.000Z' });
    expect(adapter.sent[0]).not.toHaveProperty('key');
  });

  it('takes a key from its publisher over that of its definition', async () => {
    const { adapter, publisher } = setUpPublisher();
    await publisher.publish('shop.order.placed', { order: 'o1' }, { key: 'customer 7' });
    expect(adapter.sent[0]?.key).toBe('customer 7');
  });

  it('carries the caller’s trace context, and is not stopped by a tracer that throws', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const traced = setUpPublisher({}, { traceparent: () => traceparent });
    await traced.place('e1');
    expect(traced.adapter.sent[0]?.headers['traceparent']).toBe(traceparent);
    const untraced = setUpPublisher(
      {},
      {
        traceparent: () => {
          throw new Error('no span');
        },
      },
    );
    await untraced.place('e1');
    expect(untraced.adapter.sent[0]?.headers).not.toHaveProperty('traceparent');
  });

  it('is not stopped by a tracer that is asynchronous, whose promise may reject', async () => {
    const traceparent = (() => Promise.reject(new Error('no span'))) as never;
    const { adapter, place } = setUpPublisher({}, { traceparent });
    await place('e1');
    await settled();
    expect(adapter.sent[0]?.headers).not.toHaveProperty('traceparent');
  });

  it('is sent as it was at the call, whatever the caller does to its data and headers afterwards', async () => {
    const { adapter, publisher } = setUpPublisher({ connect: () => settled() });
    const data = { order: 'o1', lines: [1, 2] };
    const headers = { 'x-tenant': 'acme' };
    const published = publisher.publish('shop.order.placed', data, { headers });
    data.order = 'o2';
    data.lines.push(3);
    headers['x-tenant'] = 'other';
    await published;
    expect(bodyOf(adapter.sent[0])).toMatchObject({ key: 'o1', data: { order: 'o1', lines: [1, 2] } });
    expect(adapter.sent[0]?.headers['x-tenant']).toBe('acme');
  });

  it('is sent as it was at the call even if its schema, or that of an event before it, takes its time', async () => {
    const { adapter, publisher } = setUpPublisher();
    const data = { order: 'o1' };
    const headers = { 'x-tenant': 'acme' };
    const time = new Date(0);
    const slow = publisher.publish('shop.address.checked', data, { headers, time });
    const queued = publisher.publish('shop.order.placed', data, { headers, time });
    data.order = 'o2';
    headers['x-tenant'] = 'other';
    time.setTime(1_000);
    lookups[0]?.resolve(true);
    await Promise.all([slow, queued]);
    for (const message of adapter.sent) {
      expect(bodyOf(message)).toMatchObject({ data: { order: 'o1' }, timestamp: '1970-01-01T00:00:00.000Z' });
      expect(message.headers['x-tenant']).toBe('acme');
    }
  });
});

describe('the outcome of a publish', () => {
  it('is accepted when a later try is, under the same id', async () => {
    let tries = 0;
    const send = async () => {
      tries += 1;
      if (tries < 3) throw tries === 1 ? full() : cut();
      return { duplicate: false };
    };
    const { adapter, clock, publisher } = setUpPublisher({ send });
    const published = publisher.publish('shop.note.taken', {});
    await clock.advance(1_000);
    const { id } = await published;
    expect(adapter.sent.map((message) => message.id)).toEqual([id, id, id]);
  });

  it('is rejected when the broker refuses, at once where no other try can help', async () => {
    const { place } = setUpPublisher({ send: () => Promise.reject(refused()) });
    const error: unknown = await place('e1').catch((thrown: unknown) => thrown);
    expect(PublishRejectedError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ eventId: 'e1', reason: 'forbidden', retryable: false, tries: 1 });
  });

  it('is rejected when the broker refuses until the time is over', async () => {
    const { clock, place } = setUpPublisher({ send: () => Promise.reject(full()) });
    const published = place('e1').catch((thrown: unknown) => thrown);
    await clock.advance(10_000);
    expect(await published).toMatchObject({ code: 'EVENTS_PUBLISH_REJECTED', reason: 'full', retryable: true });
  });

  it('is unknown at its time when nobody answers', async () => {
    const { clock, place } = setUpPublisher({ send: untilAborted }, { publishTimeoutMs: 2_000 });
    let error: unknown;
    void place('e1').catch((thrown: unknown) => (error = thrown));
    await clock.advance(1_999);
    expect(error).toBeUndefined();
    await clock.advance(1);
    expect(PublishOutcomeUnknownError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ eventId: 'e1', tries: 2 });
  });

  it('is never rejected once any try was unknown', async () => {
    let tries = 0;
    const { clock, place } = setUpPublisher({ send: () => Promise.reject((tries += 1) === 1 ? cut() : refused()) });
    const published = place('e1').catch((thrown: unknown) => thrown);
    await clock.advance(10_000);
    expect(PublishOutcomeUnknownError.isInstance(await published)).toBe(true);
    expect(tries).toBe(2);
  });

  it('leaves no timer behind', async () => {
    const { clock, place } = setUpPublisher();
    await Promise.all(['e1', 'e2', 'e3'].map((id) => place(id)));
    expect(clock.timers()).toBe(0);
  });
});
