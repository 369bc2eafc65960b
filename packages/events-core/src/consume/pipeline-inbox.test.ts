import { describe, expect, it } from 'vitest';
import { createTestClock, settled } from '../ports/test-clock.test-support.ts';
import { deliveryOf } from './delivery.test-support.ts';
import type { Handler } from './handler.ts';
import type { Inbox } from './inbox.ts';
import { memoryInbox } from './memory-inbox.ts';
import { setUpPipeline } from './pipeline.test-support.ts';

const newInbox = () => memoryInbox({ clock: createTestClock() });

describe('with an inbox', () => {
  it('an event is handled once, and its duplicates are acknowledged and counted', async () => {
    let runs = 0;
    const { pipeline } = setUpPipeline({ inbox: newInbox(), handlers: { '#': () => void (runs += 1) } });
    for (let copy = 0; copy < 5; copy += 1) expect(await pipeline.deliver(deliveryOf())).toEqual({ kind: 'ack' });
    expect(runs).toBe(1);
    expect(pipeline.stats()).toMatchObject({ handled: 1, deduplicated: 4 });
  });

  it('a duplicate that comes while the event is handled waits a second, and nothing counts as failed', async () => {
    const done = Promise.withResolvers<void>();
    const { hand, pipeline } = setUpPipeline({ inbox: newInbox(), handlers: { '#': () => done.promise } });
    hand(deliveryOf());
    const duplicate = hand(deliveryOf());
    await settled();
    expect(duplicate.fate).toEqual({ kind: 'retry', delayMs: 1_000, state: { attempts: '0' } });
    expect(pipeline.stats().retried).toBe(0);
  });

  it('such a duplicate waits in place with ordering by key', async () => {
    const done = Promise.withResolvers<void>();
    const inbox = newInbox();
    const elsewhere = setUpPipeline({ inbox, handlers: { '#': () => done.promise } });
    elsewhere.hand(deliveryOf());
    await settled();
    const { clock, hand, pipeline } = setUpPipeline({ ordering: 'key', inbox, handlers: { '#': () => {} } });
    const duplicate = hand(deliveryOf());
    await clock.advance(5_000);
    expect(duplicate.fate).toBe('open');
    done.resolve();
    await clock.advance(1_000);
    expect(duplicate.fate).toEqual({ kind: 'ack' });
    expect(pipeline.stats()).toMatchObject({ handled: 0, deduplicated: 1 });
  });

  it.each([
    ['failed', () => Promise.reject(new Error('no'))],
    ['asked for a retry', (_event, context) => context.retry()],
  ] as [string, Handler][])('an event whose handler %s may be handled again', async (_, handler) => {
    let runs = 0;
    const once: Handler = (event, context) => ((runs += 1) === 1 ? handler(event, context) : undefined);
    const { pipeline } = setUpPipeline({ inbox: newInbox(), handlers: { '#': once } });
    expect(await pipeline.deliver(deliveryOf())).toMatchObject({ kind: 'retry' });
    expect(await pipeline.deliver(deliveryOf())).toEqual({ kind: 'ack' });
    expect(runs).toBe(2);
  });

  it('a handler that outlives its deadline is not joined by a second one', async () => {
    let runs = 0;
    const done = Promise.withResolvers<void>();
    const handler = () => {
      runs += 1;
      return done.promise;
    };
    const { clock, hand } = setUpPipeline({ inbox: newInbox(), handlers: { '#': handler } });
    const first = hand(deliveryOf());
    await clock.advance(30_000);
    expect(first.fate).toMatchObject({ kind: 'retry', state: { attempts: '1' } });
    const second = hand(deliveryOf({}, { state: { attempts: '1' } }));
    await settled();
    expect(second.fate).toMatchObject({ kind: 'retry', delayMs: 1_000, state: { attempts: '1' } });
    done.resolve();
    await settled();
    const third = hand(deliveryOf({}, { state: { attempts: '1' } }));
    await settled();
    expect(third.fate).toEqual({ kind: 'ack' });
    expect(runs).toBe(1);
  });

  it('a store that is away is a failed attempt, and no handler runs', async () => {
    let runs = 0;
    const away: Inbox = { ...newInbox(), claim: () => Promise.reject(new Error('store away')) };
    const { pipeline } = setUpPipeline({ inbox: away, handlers: { '#': () => void (runs += 1) } });
    expect(await pipeline.deliver(deliveryOf())).toMatchObject({
      kind: 'retry',
      state: { 'error-text': 'store away' },
    });
    expect(runs).toBe(0);
  });

  it('a store that never answers is a failed attempt too', async () => {
    const silent: Inbox = { ...newInbox(), claim: () => new Promise(() => {}) };
    const { clock, hand } = setUpPipeline({ inbox: silent, handlers: { '#': () => {} } });
    const handed = hand(deliveryOf());
    await clock.advance(30_000);
    expect(handed.fate).toMatchObject({ kind: 'retry', state: { 'error-name': 'HandlerTimeoutError' } });
  });

  it('a store that forgets to note success does not undo it', async () => {
    const forgetful: Inbox = { ...newInbox(), complete: () => Promise.reject(new Error('store away')) };
    const { pipeline, log } = setUpPipeline({ inbox: forgetful, handlers: { '#': () => {} } });
    expect(await pipeline.deliver(deliveryOf())).toEqual({ kind: 'ack' });
    expect(log).toEqual(['warn: inbox: complete failed; a duplicate of this event may be handled again']);
  });
});
