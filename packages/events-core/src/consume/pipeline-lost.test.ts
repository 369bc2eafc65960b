import { describe, expect, it } from 'vitest';
import type { Delivery, Settlement } from '../contract/delivery.ts';
import { settled } from '../ports/test-clock.test-support.ts';
import { deliveryOf } from './delivery.test-support.ts';
import { setUpPipeline } from './pipeline.test-support.ts';

const failing = () => {
  throw new Error('no');
};

function lostBy(controller: AbortController, id = 'e1', position = '7'): Delivery {
  return deliveryOf({ id, key: 'o1' }, { position, signal: controller.signal });
}

describe('ordering by key when deliveries are lost', () => {
  it('counts on where it was: a connection that is cut again and again does not make retrying endless', async () => {
    const { clock, pipeline } = setUpPipeline({ ordering: 'key', handlers: { '#': failing } });
    const fates: Settlement[] = [];
    for (let cut = 0; cut < 2; cut += 1) {
      const connection = new AbortController();
      void pipeline.deliver(lostBy(connection)).then((fate) => fates.push(fate));
      await settled();
      connection.abort();
      await clock.advance(0);
    }
    const last = pipeline.deliver(lostBy(new AbortController()));
    await clock.advance(20_000);
    expect(fates).toEqual([{ kind: 'release' }, { kind: 'release' }]);
    expect(await last).toMatchObject({ kind: 'deadLetter', reason: 'attempts-exhausted', state: { attempts: '3' } });
  });

  it('does not use attempts up at once: the wait goes on where it was', async () => {
    const attempts: string[] = [];
    const { clock, pipeline } = setUpPipeline({
      ordering: 'key',
      handlers: {
        '#': (_, { attempt }) => {
          attempts.push(`${attempt} after ${clock.elapsed() - begun}`);
          throw new Error('no');
        },
      },
    });
    const begun = clock.elapsed();
    for (let cut = 0; cut < 3; cut += 1) {
      const connection = new AbortController();
      void pipeline.deliver(lostBy(connection));
      await clock.advance(400);
      connection.abort();
      await settled();
    }
    expect(attempts).toEqual(['1 after 0', '2 after 1000']);
  });

  it('counts on for an event without a key, too', async () => {
    const keyless = (controller: AbortController) =>
      deliveryOf({ event_type: 'shop.order.canceled' }, { position: '7', signal: controller.signal });
    const { clock, pipeline } = setUpPipeline({ ordering: 'key', handlers: { '#': failing } });
    const connection = new AbortController();
    void pipeline.deliver(keyless(connection));
    await settled();
    connection.abort();
    const last = pipeline.deliver(keyless(new AbortController()));
    await clock.advance(20_000);
    expect(await last).toMatchObject({ kind: 'deadLetter', state: { attempts: '3' } });
  });

  it('counts on as well when a delivery is lost before its turn has come', async () => {
    const attempts: number[] = [];
    const { clock, pipeline } = setUpPipeline({
      ordering: 'key',
      handlers: {
        '#': (_, { attempt }) => {
          attempts.push(attempt);
          throw new Error('no');
        },
      },
    });
    const first = new AbortController();
    void pipeline.deliver(lostBy(first));
    await settled();
    first.abort();
    await clock.advance(0);
    const gone = new AbortController();
    gone.abort();
    expect(await pipeline.deliver(lostBy(gone))).toEqual({ kind: 'release' });
    const last = pipeline.deliver(lostBy(new AbortController()));
    await clock.advance(20_000);
    expect(await last).toMatchObject({ kind: 'deadLetter', reason: 'attempts-exhausted' });
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('begins anew after a redrive', async () => {
    const connection = new AbortController();
    const { pipeline, hand } = setUpPipeline({ ordering: 'key', handlers: { '#': failing } });
    void pipeline.deliver(lostBy(connection));
    await settled();
    connection.abort();
    await settled();
    const attempts: number[] = [];
    const again = setUpPipeline({
      ordering: 'key',
      handlers: { '#': (_, { attempt }) => void attempts.push(attempt) },
    });
    again.hand({ ...lostBy(new AbortController()), state: { attempts: '0', redrives: '1' } });
    hand({ ...lostBy(new AbortController()), state: { attempts: '0', redrives: '1' } });
    await settled();
    expect(attempts).toEqual([1]);
  });

  it('holds the key back until a dead letter is stored, other keys go on', async () => {
    const handled: string[] = [];
    const { pipeline, hand } = setUpPipeline({
      ordering: 'key',
      handlers: { '#': ({ id }, context) => (id === 'e1' ? context.deadLetter('bad') : void handled.push(id)) },
    });
    const letter = await pipeline.deliver(deliveryOf({ id: 'e1', key: 'o1' }));
    hand(deliveryOf({ id: 'e2', key: 'o1' }));
    hand(deliveryOf({ id: 'e3', key: 'o2' }));
    await settled();
    expect(handled).toEqual(['e3']);
    if (letter.kind === 'deadLetter') letter.onStored?.();
    await settled();
    expect(handled).toEqual(['e3', 'e2']);
  });

  it.each(['the delivery is lost', 'the consumer stops'])('waits for a dead letter no longer when %s', async (why) => {
    const connection = new AbortController();
    const { pipeline, hand } = setUpPipeline({
      ordering: 'key',
      handlers: { '#': (_, context) => context.deadLetter('bad') },
    });
    await pipeline.deliver(lostBy(connection));
    const next = hand(deliveryOf({ id: 'e2', key: 'o1' }));
    await settled();
    expect(next.fate).toBe('open');
    if (why === 'the consumer stops') pipeline.drain();
    else connection.abort();
    await settled();
    expect(next.fate).toMatchObject({ kind: why === 'the consumer stops' ? 'release' : 'deadLetter' });
  });

  it('gives each attempt the event as it came, whatever the one before did to it', async () => {
    const seen: unknown[] = [];
    const { clock, hand } = setUpPipeline({
      ordering: 'key',
      handlers: {
        '#': ({ data }) => {
          seen.push({ ...(data as object) });
          delete (data as { order?: string }).order;
          throw new Error('no');
        },
      },
    });
    hand(deliveryOf({ key: 'o1' }));
    await clock.advance(1_000);
    expect(seen).toEqual([{ order: 'o1' }, { order: 'o1' }]);
  });
});
