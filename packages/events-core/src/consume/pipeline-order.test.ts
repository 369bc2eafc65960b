import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settled } from '../ports/test-clock.test-support.ts';
import { deliveryOf } from './delivery.test-support.ts';
import type { Handler } from './handler.ts';
import { setUpPipeline } from './pipeline.test-support.ts';

const order = (id: string, key: string) => deliveryOf({ id, data: { order: key } });

describe('with ordering by key', () => {
  it('events of one key are handled one at a time, those of others meanwhile', async () => {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const handler: Handler = ({ id }) => {
      begun.push(id);
      return new Promise<void>((resolve) => ends.set(id, resolve));
    };
    const { hand } = setUpPipeline({ ordering: 'key', handlers: { '#': handler } });
    for (const [id, key] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['b1', 'b'],
    ] as const)
      hand(order(id, key));
    await settled();
    expect(begun).toEqual(['a1', 'b1']);
    ends.get('a1')?.();
    await settled();
    expect(begun).toEqual(['a1', 'b1', 'a2']);
  });

  it('the same key in another topic, and events without a key, do not wait', async () => {
    const begun: string[] = [];
    const handler: Handler = ({ id }) => {
      begun.push(id);
      return new Promise(() => {});
    };
    const { hand } = setUpPipeline({ ordering: 'key', handlers: { '#': handler } });
    hand(order('a1', 'a'));
    hand(deliveryOf({ id: 'p1', event_type: 'payment.customer.deleted', key: 'a', data: { customer_id: 'a' } }));
    for (const id of ['n1', 'n2']) hand(deliveryOf({ id, event_type: 'shop.order.canceled' }));
    await settled();
    expect(begun).toEqual(['a1', 'p1', 'n1', 'n2']);
  });

  it('an event that fails is tried again in place, and only its key waits', async () => {
    const handled: string[] = [];
    const attempts: number[] = [];
    const handler: Handler = ({ id }, context) => {
      if (id === 'a1') {
        attempts.push(context.attempt);
        if (context.attempt < 3) throw new Error('no');
      }
      handled.push(id);
    };
    const { clock, hand } = setUpPipeline({ ordering: 'key', concurrency: 1, handlers: { '#': handler } });
    const first = hand(order('a1', 'a'));
    const second = hand(order('a2', 'a'));
    hand(order('b1', 'b'));
    await settled();
    expect(handled).toEqual(['b1']);
    await clock.advance(999);
    expect(attempts).toEqual([1]);
    await clock.advance(1);
    expect(attempts).toEqual([1, 2]);
    expect([first.fate, second.fate]).toEqual(['open', 'open']);
    await clock.advance(3_000);
    expect(handled).toEqual(['b1', 'a1', 'a2']);
    expect([first.fate, second.fate]).toEqual([{ kind: 'ack' }, { kind: 'ack' }]);
  });

  it('the key goes on after a dead letter', async () => {
    const handled: string[] = [];
    const handler: Handler = ({ id }, context) => (id === 'a1' ? context.deadLetter('fraud') : void handled.push(id));
    const { hand } = setUpPipeline({ ordering: 'key', handlers: { '#': handler } });
    const first = hand(order('a1', 'a'));
    hand(order('a2', 'a'));
    await settled();
    expect(first.fate).toMatchObject({ kind: 'deadLetter', reason: 'fraud' });
    expect(handled).toEqual(['a2']);
  });

  it('data that does not fit does not hold its key up', async () => {
    const handled: string[] = [];
    const { hand } = setUpPipeline({ ordering: 'key', handlers: { '#': ({ id }) => void handled.push(id) } });
    hand(deliveryOf({ id: 'a1', key: 'a', data: { order: 5 } }));
    hand(order('a2', 'a'));
    await settled();
    expect(handled).toEqual(['a2']);
  });

  it('a lost delivery that waits for its next attempt is released, and its key goes on', async () => {
    const lost = new AbortController();
    const handled: string[] = [];
    const handler: Handler = ({ id }) => {
      if (id === 'a1') throw new Error('no');
      handled.push(id);
    };
    const { hand } = setUpPipeline({ ordering: 'key', handlers: { '#': handler } });
    const first = hand({ ...order('a1', 'a'), signal: lost.signal });
    hand(order('a2', 'a'));
    await settled();
    expect(handled).toEqual([]);
    lost.abort();
    await settled();
    expect(first.fate).toEqual({ kind: 'release' });
    expect(handled).toEqual(['a2']);
  });

  it('a stop releases all that waits in a lane, in order and without handling it', async () => {
    const ends = Promise.withResolvers<void>();
    const begun: string[] = [];
    const handler: Handler = ({ id }) => {
      begun.push(id);
      return ends.promise;
    };
    const { hand, pipeline } = setUpPipeline({ ordering: 'key', handlers: { '#': handler } });
    const all = ['a1', 'a2', 'a3'].map((id) => hand(order(id, 'a')));
    await settled();
    pipeline.drain();
    ends.resolve();
    await settled();
    expect(all.map(({ fate }) => fate)).toEqual([{ kind: 'ack' }, { kind: 'release' }, { kind: 'release' }]);
    expect(begun).toEqual(['a1']);
  });

  it('no event of a key is first handled before an earlier one, whatever fails and however long it takes', async () => {
    const events = fc.array(
      fc.record({ key: fc.constantFrom('a', 'b', 'c'), failures: fc.nat({ max: 3 }), ms: fc.nat({ max: 2_000 }) }),
      { minLength: 1, maxLength: 15 },
    );
    const oneRun = fc.asyncProperty(events, fc.integer({ min: 1, max: 4 }), async (all, concurrency) => {
      const running = new Set<string>();
      const firstHandled: number[] = [];
      const { clock, hand } = setUpPipeline({
        ordering: 'key',
        concurrency,
        handlers: {
          '#': async ({ id, key = '' }, { attempt }) => {
            expect(running.has(key)).toBe(false);
            running.add(key);
            expect(running.size).toBeLessThanOrEqual(concurrency);
            const number = Number(id);
            if (attempt === 1) firstHandled.push(number);
            await new Promise<void>((resolve) => void clock.schedule(all[number]?.ms ?? 0, resolve));
            running.delete(key);
            if (attempt <= (all[number]?.failures ?? 0)) throw new Error('no');
          },
        },
      });
      const handed = all.map(({ key }, number) => hand(order(String(number), key)));
      await clock.advance(15 * 15_000);
      for (const [number, { fate }] of handed.entries()) {
        expect(fate).toMatchObject({ kind: (all[number]?.failures ?? 0) < 3 ? 'ack' : 'deadLetter' });
      }
      for (const key of ['a', 'b', 'c']) {
        const ofKey = firstHandled.filter((number) => all[number]?.key === key);
        expect(ofKey).toEqual(ofKey.toSorted((one, other) => one - other));
      }
    });
    await fc.assert(oneRun, { numRuns: 50 });
  });
});
