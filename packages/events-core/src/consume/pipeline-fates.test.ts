import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents } from '../events/define-events.ts';
import { NonRetryableError } from '../errors/non-retryable-error.ts';
import { settled } from '../ports/test-clock.test-support.ts';
import { deliveryOf, messageOf } from './delivery.test-support.ts';
import type { Handler } from './handler.ts';
import { setUpPipeline } from './pipeline.test-support.ts';
import { shopEvents } from '../events/shop-events.test-support.ts';

/** The fate of one delivery whose handler does this. */
const fateWith = (handler: Handler, delivery = deliveryOf()) =>
  setUpPipeline({ handlers: { 'shop.#': handler } }).pipeline.deliver(delivery);

describe('a delivery', () => {
  it('whose handlers return is acknowledged', async () => {
    const { pipeline } = setUpPipeline({ handlers: { 'shop.order.*': () => {}, '#': async () => 'anything' } });
    expect(await pipeline.deliver(deliveryOf())).toEqual({ kind: 'ack' });
    expect(pipeline.stats()).toMatchObject({ handled: 1, running: 0 });
  });

  it('runs all handlers that match, in order of registration, and again all of them when one failed', async () => {
    const ran: string[] = [];
    const { pipeline } = setUpPipeline({
      handlers: {
        '#': () => void ran.push('first'),
        'shop.order.*': () => {
          ran.push('second');
          throw new Error('no');
        },
        'shop.order.placed': () => void ran.push('third'),
        'shop.order.canceled': () => void ran.push('other'),
      },
    });
    expect(await pipeline.deliver(deliveryOf())).toMatchObject({ kind: 'retry' });
    expect(ran).toEqual(['first', 'second']);
  });

  it('hands the handler the event as its schema returns it, and the message as it came', async () => {
    const events = defineEvents({ 'shop.order.placed': z.object({ total: z.coerce.number() }) });
    let data: unknown;
    let body: unknown;
    const handler: Handler = (event, context) => {
      data = event.data;
      body = context.message.body;
    };
    const delivery = deliveryOf({ data: { total: '7', more: true } });
    await setUpPipeline({ events, handlers: { '#': handler } }).pipeline.deliver(delivery);
    expect(data).toEqual({ total: 7 });
    expect(body).toBe(delivery.message.body);
  });
});

describe('a delivery whose handler', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws null',
      () => {
        throw null;
      },
    ],
    [
      'throws an error whose getters throw',
      () => {
        throw new Proxy(
          {},
          {
            get() {
              throw new Error('no');
            },
            has() {
              throw new Error('no');
            },
          },
        );
      },
    ],
  ] as [string, Handler][])('%s is tried again after the first delay, in either order mode', async (_, handler) => {
    expect(await fateWith(handler)).toMatchObject({ kind: 'retry', delayMs: 1_000, state: { attempts: '1' } });
    const inOrder = setUpPipeline({ ordering: 'key', handlers: { '#': handler } });
    const handed = inOrder.hand(deliveryOf());
    await inOrder.clock.advance(4_000);
    expect(handed.fate).toMatchObject({ kind: 'deadLetter', reason: 'attempts-exhausted', state: { attempts: '3' } });
  });

  it('does not end within its time is tried again, and its signal fires', async () => {
    let signal: AbortSignal | undefined;
    const { clock, hand, pipeline } = setUpPipeline({
      handlers: { '#': (_, context) => new Promise(() => (signal = context.signal)) },
    });
    const handed = hand(deliveryOf());
    await clock.advance(29_999);
    expect(handed.fate).toBe('open');
    expect(pipeline.stats().running).toBe(1);
    await clock.advance(1);
    expect(handed.fate).toMatchObject({ kind: 'retry', state: { 'error-name': 'HandlerTimeoutError' } });
    expect(signal?.aborted).toBe(true);
    expect(pipeline.stats().running).toBe(0);
  });

  it('fails for good is dead-lettered at once', async () => {
    expect(await fateWith(() => Promise.reject(new NonRetryableError('card stolen')))).toMatchObject({
      kind: 'deadLetter',
      reason: 'non-retryable',
      state: { attempts: '1', 'error-text': 'card stolen' },
    });
  });

  it('decides is settled as decided', async () => {
    expect(await fateWith((_, context) => context.deadLetter('fraud'))).toMatchObject({ reason: 'fraud' });
    expect(await fateWith((_, context) => context.retry({ delayMs: 7 }))).toMatchObject({ kind: 'retry', delayMs: 7 });
  });

  it('fails at its last attempt is dead-lettered with all that is known of its past', async () => {
    const before = { attempts: '2', redrives: '1', 'first-failed-at': '2026-11-23T08:00:00.000Z' };
    expect(await fateWith(() => Promise.reject(new Error('still')), deliveryOf({}, { state: before }))).toEqual({
      kind: 'deadLetter',
      reason: 'attempts-exhausted',
      state: {
        attempts: '3',
        redrives: '1',
        'first-failed-at': '2026-11-23T08:00:00.000Z',
        'last-failed-at': '2026-11-23T09:00:00.000Z',
        'error-name': 'Error',
        'error-text': 'still',
      },
    });
  });

  it('knows which attempt it is, as the state tells', async () => {
    const attempts: number[] = [];
    const delivery = deliveryOf({}, { state: { attempts: '1' }, unsettled: 4 });
    await fateWith((_, context) => void attempts.push(context.attempt), delivery);
    expect(attempts).toEqual([2]);
  });
});

describe('a delivery that no handler sees', () => {
  const never: Handler = () => {
    throw new Error('ran');
  };

  it('because none wants its type is acknowledged and counted, and logged once', async () => {
    const { pipeline, log } = setUpPipeline({ handlers: { 'shop.refund.*': never } });
    expect(await pipeline.deliver(deliveryOf())).toEqual({ kind: 'ack' });
    await pipeline.deliver(deliveryOf({ id: 'e2' }));
    await pipeline.deliver(deliveryOf({ event_type: 'unknown.to.all' }));
    expect(pipeline.stats()).toMatchObject({ unmatched: 3, handled: 0 });
    expect(log).toHaveLength(2);
  });

  it('because its type is not in the catalogue is dead-lettered where a pattern matches, with what to do', async () => {
    const delivery = deliveryOf({ event_type: 'shop.order.archived' });
    expect(await fateWith(never, delivery)).toMatchObject({
      kind: 'deadLetter',
      reason: 'unknown-type',
      state: { 'error-text': expect.stringMatching(/shop\.order\.archived of event e1 .*defineEvents/) },
    });
    const ignoring = setUpPipeline({ handlers: { 'shop.#': never }, onUnknownType: 'ignore' });
    expect(await ignoring.pipeline.deliver(delivery)).toEqual({ kind: 'ack' });
    expect(ignoring.pipeline.stats().unmatched).toBe(1);
  });

  it('because its data does not fit is dead-lettered with the place', async () => {
    expect(await fateWith(never, deliveryOf({ data: { order: 5 } }))).toMatchObject({
      kind: 'deadLetter',
      reason: 'invalid-data',
      state: { attempts: '1', 'error-text': expect.stringContaining('data.order') },
    });
  });

  it('because its body is no event is dead-lettered at the first attempt', async () => {
    const delivery = { ...deliveryOf(), message: { headers: {}, body: Buffer.from('{"id"') } };
    expect(await fateWith(never, delivery)).toMatchObject({ reason: 'undecodable', state: { attempts: '1' } });
  });

  it('because something in the library broke on it is dead-lettered, and the consumer lives', async () => {
    const amounts = {
      get fields() {
        throw new TypeError('bug');
      },
    };
    const events = { 'shop.order.placed': { ...shopEvents['shop.order.placed'], amounts } };
    const { pipeline, log } = setUpPipeline({ ordering: 'key', events, handlers: { '#': never } });
    expect(await pipeline.deliver(deliveryOf({ id: undefined as never }))).toMatchObject({
      kind: 'deadLetter',
      reason: 'internal-error',
      state: { 'error-text': 'bug' },
    });
    expect(log).toHaveLength(1);
  });
});

describe('an event of a foreign producer without an id', () => {
  it('keeps the id it was given through a retry, in the delivery’s state', async () => {
    const ids: string[] = [];
    const { pipeline } = setUpPipeline({
      handlers: {
        '#': (event) => {
          ids.push(event.id);
          throw new Error('no');
        },
      },
    });
    const message = messageOf({ id: undefined as never });
    const first = await pipeline.deliver(deliveryOf({}, { message, position: '7' }));
    const state = 'state' in first ? first.state : {};
    await pipeline.deliver(deliveryOf({}, { message, position: 'elsewhere', state }));
    expect(ids[0]).toMatch(/^foreign-/);
    expect(ids[1]).toBe(ids[0]);
  });
});

describe('the pipeline', () => {
  it('counts running handlers as work, and nothing else', async () => {
    const done = Promise.withResolvers<void>();
    const { hand, busy } = setUpPipeline({ concurrency: 1, handlers: { '#': () => done.promise } });
    hand(deliveryOf());
    hand(deliveryOf({ id: 'e2' }));
    await settled();
    expect(busy()).toBe(1);
    done.resolve();
    await settled();
    expect(busy()).toBe(0);
  });
});
