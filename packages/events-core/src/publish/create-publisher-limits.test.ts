import { describe, expect, it } from 'vitest';
import { createPublisher } from './create-publisher.ts';
import { fakeAdapter } from '../connection/fake-adapter.test-support.ts';
import { ClosedError } from '../errors/closed-error.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { settled } from '../ports/test-clock.test-support.ts';
import { events, setUpPublisher } from './publisher.test-support.ts';

const accepted = { duplicate: false };

describe('the window', () => {
  it('bounds how many events are unconfirmed at once', async () => {
    const confirms: (() => void)[] = [];
    const send = () => new Promise<typeof accepted>((resolve) => void confirms.push(() => resolve(accepted)));
    const { adapter, place } = setUpPublisher({ send }, { window: 2 });
    const published = ['e1', 'e2', 'e3'].map((id) => place(id));
    await settled();
    expect(adapter.sent).toHaveLength(2);
    confirms[0]?.();
    await settled();
    expect(adapter.sent).toHaveLength(3);
    for (const confirm of confirms) confirm();
    await Promise.all(published);
  });

  it('is left by an event that was refused', async () => {
    const { adapter, publisher, place } = setUpPublisher({ maxMessageBytes: 1_000 }, { window: 1 });
    const note = 'x'.repeat(2_000);
    await expect(publisher.publish('shop.note.taken', { note })).rejects.toThrow(InvalidEventError);
    await place('e1');
    expect(adapter.sent.map(({ id }) => id)).toEqual(['e1']);
  });

  it('rejects an event that finds no place in time, because nothing of it was sent', async () => {
    const { clock, place } = setUpPublisher(
      { send: () => new Promise(() => {}) },
      { window: 1, publishTimeoutMs: 500 },
    );
    void place('e1').catch(() => {});
    const waiting = place('e2').catch((error: unknown) => error);
    await clock.advance(500);
    expect(await waiting).toMatchObject({ code: 'EVENTS_PUBLISH_REJECTED', eventId: 'e2', tries: 0, retryable: true });
  });

  it('rejects at once when too many bytes wait, so that an unawaited loop cannot fill the memory', async () => {
    const limits = { window: 1, maxWaitingBytes: 2_000 };
    const { place } = setUpPublisher({ send: () => new Promise(() => {}) }, limits);
    let rejected: unknown;
    for (let number = 0; number < 50; number += 1) {
      void place(`e${number}`).catch((error: unknown) => (rejected ??= error));
    }
    await settled();
    expect(rejected).toMatchObject({ code: 'EVENTS_PUBLISH_REJECTED', reason: 'window-full', tries: 0 });
    expect(String(rejected)).toContain('2000 bytes of events wait to be published already');
  });
});

describe('an event that is too large', () => {
  const note = 'x'.repeat(2_000);

  it('for the publisher is refused before anything happens', async () => {
    const { adapter, publisher } = setUpPublisher({}, { maxBodyBytes: 1_024 });
    await expect(publisher.publish('shop.note.taken', { note })).rejects.toThrow('maxBodyBytes allows 1024');
    expect(adapter.calls).toEqual([]);
  });

  it('for the broker is refused before a byte of it is sent, and the others arrive', async () => {
    const { adapter, publisher } = setUpPublisher({ maxMessageBytes: 1_000 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, number) =>
        publisher.publish('shop.note.taken', number === 4 ? { note } : {}, { id: `e${number}` }),
      ),
    );
    expect(outcomes.map(({ status }) => status).filter((status) => status === 'fulfilled')).toHaveLength(9);
    expect(outcomes[4]).toMatchObject({ status: 'rejected', reason: { code: 'EVENTS_INVALID_EVENT' } });
    expect(adapter.sent.map(({ id }) => id)).not.toContain('e4');
  });

  it('by its headers is refused too', async () => {
    const { adapter, publisher } = setUpPublisher({ maxMessageBytes: 100_000 });
    const headers = { 'x-note': 'x'.repeat(100_000) };
    await expect(publisher.publish('shop.note.taken', {}, { headers })).rejects.toThrow('the broker allows 100000');
    expect(adapter.sent).toEqual([]);
  });
});

describe('closing a publisher', () => {
  it('waits until all that was published has settled, then refuses more', async () => {
    const confirm = Promise.withResolvers<typeof accepted>();
    const { adapter, publisher, place } = setUpPublisher({ send: () => confirm.promise }, { window: 100 });
    const published = Array.from({ length: 500 }, (_, number) => place(`e${number}`));
    let closed = false;
    const closing = publisher.close().then(() => (closed = true));
    await expect(place('late')).rejects.toThrow(ClosedError);
    await settled();
    expect(closed).toBe(false);
    confirm.resolve(accepted);
    await Promise.all(published);
    await closing;
    expect(adapter.sent).toHaveLength(500);
    await expect(place('later')).rejects.toThrow('This publisher is closed: nothing was sent.');
  });

  it('waits for those that fail as well', async () => {
    const { clock, publisher, place } = setUpPublisher({ send: () => Promise.reject(new Error('cut')) });
    const published = place('e1').catch(() => 'failed');
    const closing = publisher.close();
    await clock.advance(10_000);
    await closing;
    expect(await published).toBe('failed');
  });

  it('happens once, leaves the broker open, and happens by leaving its block', async () => {
    const { adapter, publisher, place } = setUpPublisher();
    {
      await using same = publisher;
      await place('e1');
      await Promise.all([same.close(), same.close()]);
    }
    expect(adapter.calls).toEqual(['connect', 'send e1']);
  });

  it('ends, and so does its broker’s, although the adapter ignores every signal', async () => {
    const { adapter, connection, place } = setUpPublisher(
      { send: () => new Promise(() => {}) },
      { publishTimeoutMs: 400 },
    );
    const outcome = place('e1').catch((error: unknown) => error);
    const closing = connection.close(300);
    await adapter.clock.advance(1_400);
    expect(await outcome).toMatchObject({ code: 'EVENTS_PUBLISH_OUTCOME_UNKNOWN' });
    await closing;
    expect(adapter.clock.timers()).toBe(0);
  });

  it('happens when its broker is closed, which flushes it first', async () => {
    const { adapter, connection, place } = setUpPublisher({ send: () => settled().then(() => accepted) });
    const published = place('e1');
    await settled();
    await connection.close(1_000);
    await published;
    expect(adapter.calls).toEqual(['connect', 'send e1', 'close']);
    await expect(place('e2')).rejects.toThrow(ClosedError);
  });

  it('closes a bare adapter with its last publisher', async () => {
    const adapter = fakeAdapter();
    const publishers = ['/one', '/two'].map((source) => createPublisher({ broker: adapter, source, events }));
    await publishers[0]?.publish('shop.note.taken', {});
    await publishers[0]?.close();
    expect(adapter.calls).not.toContain('close');
    await publishers[1]?.close();
    expect(adapter.calls.at(-1)).toBe('close');
  });
});
