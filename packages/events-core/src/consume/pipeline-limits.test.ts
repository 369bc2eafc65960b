import { describe, expect, it } from 'vitest';
import { settled } from '../ports/test-clock.test-support.ts';
import { deliveryOf } from './delivery.test-support.ts';
import { setUpPipeline } from './pipeline.test-support.ts';

/** Handlers that end when the test says so. */
function handlersOnHold() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    end: (id: string) => ends.get(id)?.(),
    handlers: {
      '#': (event: { id: string }) => {
        started.push(event.id);
        return new Promise<void>((resolve) => ends.set(event.id, resolve));
      },
    },
  };
}

const release = { kind: 'release' };
const ack = { kind: 'ack' };

describe('concurrency', () => {
  it('is exactly how many handlers run, and the next begins as soon as one ends', async () => {
    const { started, end, handlers } = handlersOnHold();
    const { hand, pipeline } = setUpPipeline({ concurrency: 3, handlers });
    for (const id of ['a', 'b', 'c', 'd', 'e']) hand(deliveryOf({ id }));
    await settled();
    expect(started).toEqual(['a', 'b', 'c']);
    expect(pipeline.stats().running).toBe(3);
    end('b');
    await settled();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
    expect(pipeline.stats().running).toBe(3);
  });
});

describe('a pipeline that is drained', () => {
  it('lets running handlers finish, and releases what has not begun', async () => {
    const { started, end, handlers } = handlersOnHold();
    const { hand, pipeline } = setUpPipeline({ concurrency: 1, handlers });
    const running = hand(deliveryOf({ id: 'a' }));
    const waiting = hand(deliveryOf({ id: 'b' }));
    await settled();
    pipeline.drain();
    const late = hand(deliveryOf({ id: 'c' }));
    await settled();
    expect([running.fate, waiting.fate, late.fate]).toEqual(['open', release, release]);
    end('a');
    await settled();
    expect(running.fate).toEqual(ack);
    expect(started).toEqual(['a']);
  });

  it('does not fire the signals of running handlers', async () => {
    let signal: AbortSignal | undefined;
    const handler = (_: unknown, context: { signal: AbortSignal }) => new Promise(() => (signal = context.signal));
    const { hand, pipeline } = setUpPipeline({ handlers: { '#': handler } });
    hand(deliveryOf());
    await settled();
    pipeline.drain();
    expect(signal?.aborted).toBe(false);
  });

  it('releases at once what waits for its next attempt in place', async () => {
    const failing = () => Promise.reject(new Error('no'));
    const { clock, hand, pipeline } = setUpPipeline({ ordering: 'key', handlers: { '#': failing } });
    const handed = hand(deliveryOf());
    await clock.advance(500);
    pipeline.drain();
    await settled();
    expect(handed.fate).toEqual(release);
    pipeline.close();
    expect(clock.timers()).toBe(0);
  });
});

describe('handlers that are abandoned', () => {
  it('are named, their signals fire, and their events are released', async () => {
    let reason: unknown;
    const { started, handlers } = handlersOnHold();
    const looking = (_: unknown, { signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', () => (reason = signal.reason));
      return new Promise(() => {});
    };
    const { hand, pipeline } = setUpPipeline({ handlers: { 'shop.order.placed': looking, ...handlers } });
    const first = hand(deliveryOf({ id: 'a' }));
    const second = hand(deliveryOf({ id: 'b', event_type: 'shop.order.canceled' }));
    await settled();
    pipeline.drain();
    expect(pipeline.abandon('deadline')).toEqual([
      { id: 'a', type: 'shop.order.placed' },
      { id: 'b', type: 'shop.order.canceled' },
    ]);
    await settled();
    expect(reason).toBe('deadline');
    expect([first.fate, second.fate]).toEqual([release, release]);
    expect(started).toEqual(['b']);
    expect(pipeline.stats()).toMatchObject({ running: 0, handled: 0, retried: 0 });
  });
});

describe('a delivery that is lost', () => {
  it('while its handler runs fires its signal, and is released whatever the handler then does', async () => {
    const lost = new AbortController();
    const handler = (_: unknown, context: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));
    const { hand, pipeline, log } = setUpPipeline({ handlers: { '#': handler } });
    const handed = hand(deliveryOf({}, { signal: lost.signal }));
    await settled();
    lost.abort(new Error('partition lost'));
    await settled();
    expect(handed.fate).toEqual(release);
    expect(pipeline.stats()).toMatchObject({ retried: 0, handled: 0 });
    expect(log).toEqual([]);
  });

  it('while it waits for a slot is released at once', async () => {
    const lost = new AbortController();
    const { started, handlers } = handlersOnHold();
    const { hand } = setUpPipeline({ concurrency: 1, handlers });
    hand(deliveryOf({ id: 'a' }));
    const waiting = hand(deliveryOf({ id: 'b' }, { signal: lost.signal }));
    await settled();
    lost.abort();
    await settled();
    expect(waiting.fate).toEqual(release);
    expect(started).toEqual(['a']);
  });

  it('is not handled even if the loss comes in the moment in which a slot becomes free', async () => {
    for (let moments = 0; moments < 12; moments += 1) {
      const lost = new AbortController();
      const startedLost: boolean[] = [];
      const first = Promise.withResolvers<void>();
      const { hand, pipeline } = setUpPipeline({
        concurrency: 1,
        handlers: { '#': ({ id }) => (id === 'a' ? first.promise : void startedLost.push(lost.signal.aborted)) },
      });
      hand(deliveryOf({ id: 'a' }));
      hand(deliveryOf({ id: 'b' }, { signal: lost.signal }));
      await settled();
      first.resolve();
      for (let moment = 0; moment < moments; moment += 1) await Promise.resolve();
      lost.abort();
      await settled();
      expect(startedLost).not.toContain(true);
      const third = hand(deliveryOf({ id: 'c' }));
      await settled();
      expect(third.fate).toEqual(ack);
      expect(pipeline.stats().running).toBe(0);
    }
  });

  it('before its data is found invalid is released, and no dead letter is reported', async () => {
    const { pipeline, log } = setUpPipeline({ handlers: { '#': () => {} } });
    const delivery = deliveryOf({ data: { order: 5 } }, { signal: AbortSignal.abort() });
    expect(await pipeline.deliver(delivery)).toEqual(release);
    expect(pipeline.stats().deadLettered).toBe(0);
    expect(log).toEqual([]);
  });
});
