import { describe, expect, it } from 'vitest';
import { BrokerUnavailableError } from '../errors/broker-unavailable-error.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { settled } from '../ports/test-clock.test-support.ts';
import { lookups, setUpPublisher, type ShopPublisherOptions } from './publisher.test-support.ts';
import type { FakeAnswers } from '../connection/fake-adapter.test-support.ts';

/** Also publishes an event whose schema is asynchronous. */
function setUp(answers?: FakeAnswers, options?: ShopPublisherOptions) {
  const made = setUpPublisher(answers, options);
  const check = (id: string) => made.publisher.publish('shop.address.checked', {}, { id });
  return { ...made, check };
}

const ids = (adapter: ReturnType<typeof setUp>['adapter']) => adapter.sent.map(({ id }) => id);

describe('events are sent in call order', () => {
  it('when they are published without waiting', async () => {
    const { adapter, place } = setUp();
    const names = Array.from({ length: 500 }, (_, number) => `e${number}`);
    await Promise.all(names.map((id) => place(id)));
    expect(ids(adapter)).toEqual(names);
  });

  it('when the broker is not connected yet: the first publish connects, and the others wait behind it', async () => {
    const connected = Promise.withResolvers<void>();
    const { adapter, place } = setUp({ connect: () => connected.promise });
    const published = ['e1', 'e2', 'e3'].map((id) => place(id));
    await settled();
    expect(adapter.calls).toEqual(['connect']);
    connected.resolve();
    published.push(place('e4'));
    await Promise.all(published);
    expect(ids(adapter)).toEqual(['e1', 'e2', 'e3', 'e4']);
  });

  it('when the window was full in between', async () => {
    const { adapter, place } = setUp({ send: () => settled().then(() => ({ duplicate: false })) }, { window: 2 });
    await Promise.all(['e1', 'e2', 'e3', 'e4', 'e5'].map((id) => place(id)));
    expect(ids(adapter)).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
  });

  it('when a schema takes its time: what comes later waits for it', async () => {
    const { adapter, connection, place, check } = setUp();
    const published = [place('e1'), check('e2'), place('e3'), check('e4'), place('e5')];
    await settled();
    expect(ids(adapter)).toEqual(['e1']);
    expect(connection.runtime.busy()).toBeGreaterThan(0);
    lookups[0]?.resolve(true);
    await settled();
    expect(ids(adapter)).toEqual(['e1', 'e2', 'e3']);
    lookups[1]?.resolve(true);
    await Promise.all(published);
    expect(ids(adapter)).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
    expect(connection.runtime.busy()).toBe(0);
  });

  it('and one that its schema refuses does not hold up those behind it', async () => {
    const { adapter, place, check } = setUp();
    const refused = check('e1');
    const next = place('e2');
    lookups[0]?.resolve(false);
    await expect(refused).rejects.toThrow(InvalidEventError);
    await next;
    expect(ids(adapter)).toEqual(['e2']);
  });

  it('and one whose schema never answers is rejected at its time, and those behind it go on', async () => {
    const { adapter, clock, connection, place, check, publisher } = setUp();
    const outcomes: unknown[] = [];
    const note = (published: Promise<unknown>) => void published.catch((error: unknown) => outcomes.push(error));
    note(check('e1'));
    await clock.advance(4_000);
    note(place('e2'));
    await clock.advance(5_999);
    expect(outcomes).toEqual([]);
    await clock.advance(1);
    expect(outcomes).toMatchObject([
      { code: 'EVENTS_PUBLISH_REJECTED', eventId: 'e1', reason: 'schema-timeout', tries: 0, retryable: true },
    ]);
    await clock.advance(4_000);
    expect(ids(adapter)).toEqual(['e2']);
    expect(connection.runtime.busy()).toBe(0);
    await publisher.close();
    expect(clock.timers()).toBe(0);
  });
});

describe('a broker that is not connected', () => {
  it('rejects every publish that waits when it cannot be reached for good, and is asked again by the next', async () => {
    const connect = () => settled().then(() => Promise.reject(new BrokerUnavailableError('no such host')));
    const { adapter, place } = setUp({ connect });
    const outcomes = await Promise.allSettled([place('e1'), place('e2')]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'EVENTS_BROKER_UNAVAILABLE' } },
      { status: 'rejected', reason: { code: 'EVENTS_BROKER_UNAVAILABLE' } },
    ]);
    delete adapter.answers.connect;
    await place('e3');
    expect(ids(adapter)).toEqual(['e3']);
  });

  it('is waited for as long as a publish may take, and nothing is sent afterwards', async () => {
    const connected = Promise.withResolvers<void>();
    const { adapter, clock, place } = setUp({ connect: () => connected.promise }, { publishTimeoutMs: 2_000 });
    const published = place('e1').catch((error: unknown) => error);
    await clock.advance(2_000);
    expect(await published).toMatchObject({
      code: 'EVENTS_PUBLISH_REJECTED',
      reason: 'disconnected',
      tries: 0,
      retryable: true,
    });
    connected.resolve();
    await settled();
    expect(ids(adapter)).toEqual([]);
  });
});
