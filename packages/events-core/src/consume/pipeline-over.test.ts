import { describe, expect, it } from 'vitest';
import { settled } from '../ports/test-clock.test-support.ts';
import { deliveryOf } from './delivery.test-support.ts';
import type { Inbox } from './inbox.ts';
import { memoryInbox } from './memory-inbox.ts';
import { setUpPipeline } from './pipeline.test-support.ts';

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

describe('an attempt that is over', () => {
  it('is not remembered as handled by the inbox when the handler gave up on its signal', async () => {
    let handled = 0;
    const { pipeline, hand } = setUpPipeline({
      inbox: memoryInbox(),
      handlers: {
        '#': async (_, { signal, attempt }) => {
          if (handled === 0 && attempt === 1 && !signal.aborted) await untilAborted(signal);
          if (!signal.aborted) handled += 1;
        },
      },
    });
    const first = hand(deliveryOf());
    await settled();
    pipeline.abandon(new Error('stopped'));
    await settled();
    expect(first.fate).toEqual({ kind: 'release' });
    const second = hand(deliveryOf({}, { state: { attempts: '1' } }));
    await settled();
    expect(second.fate).toEqual({ kind: 'ack' });
    expect(handled).toBe(1);
  });

  it('begins no further handler after its timeout', async () => {
    const begun: string[] = [];
    const { clock, hand } = setUpPipeline({
      handlers: {
        'shop.order.*': async (_, { signal }) => {
          begun.push('first');
          await untilAborted(signal);
        },
        '#': () => void begun.push('second'),
      },
    });
    const handed = hand(deliveryOf());
    await clock.advance(30_000);
    await settled();
    expect(handed.fate).toMatchObject({ kind: 'retry' });
    expect(begun).toEqual(['first']);
  });

  it('begins no handler when the inbox answers too late, and gives the claim up', async () => {
    const claim = Promise.withResolvers<'new'>();
    const abandoned: string[] = [];
    const inbox: Inbox = {
      claim: () => claim.promise,
      complete: async () => {},
      abandon: async (key) => void abandoned.push(key),
    };
    let begun = 0;
    const { clock, hand } = setUpPipeline({ inbox, handlers: { '#': () => (begun += 1) } });
    hand(deliveryOf());
    await clock.advance(30_000);
    claim.resolve('new');
    await settled();
    expect(begun).toBe(0);
    expect(abandoned).toEqual(['ledger/e1']);
  });

  it('is tried again when the inbox answers what is no answer', async () => {
    const inbox = {
      claim: async () => undefined,
      complete: async () => {},
      abandon: async () => {},
    } as unknown as Inbox;
    const { hand } = setUpPipeline({ inbox, handlers: { '#': () => {} } });
    const handed = hand(deliveryOf());
    await settled();
    expect(handed.fate).toMatchObject({ kind: 'retry', state: { attempts: '1' } });
  });
});
