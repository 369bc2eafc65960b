import { describe, expect, it } from 'vitest';
import { settled } from '../ports/test-clock.test-support.ts';
import { deliveryOf } from './delivery.test-support.ts';
import { setUpPipeline } from './pipeline.test-support.ts';

const returned = (unsettled: number, signal = new AbortController().signal) =>
  deliveryOf({}, { unsettled, position: '7', signal });

describe('an event whose deliveries end without a settlement', () => {
  it('is handled until it has happened too often', async () => {
    const { pipeline } = setUpPipeline({ maxUnsettled: 3, handlers: { '#': () => {} } });
    expect(await pipeline.deliver(returned(2))).toEqual({ kind: 'ack' });
  });

  it('is then dead-lettered as a crash loop, and no handler sees it', async () => {
    let runs = 0;
    const { pipeline } = setUpPipeline({ maxUnsettled: 3, handlers: { '#': () => void (runs += 1) } });
    expect(await pipeline.deliver(returned(3))).toMatchObject({
      kind: 'deadLetter',
      reason: 'crash-loop',
      state: { 'error-text': expect.stringContaining('3 deliveries of this event to group ledger') },
    });
    expect(runs).toBe(0);
  });

  it('is dead-lettered even if its body cannot be read: reading it may be what kills the process', async () => {
    const { pipeline } = setUpPipeline({ handlers: { '#': () => {} } });
    const delivery = { ...returned(10), message: { headers: {}, body: Buffer.from('{') } };
    expect(await pipeline.deliver(delivery)).toMatchObject({ kind: 'deadLetter', reason: 'crash-loop' });
  });

  it('is not charged for lost connections that this process saw, even while its handlers ignore their signals', async () => {
    const { hand } = setUpPipeline({ maxUnsettled: 3, handlers: { '#': () => new Promise(() => {}) } });
    for (let lost = 0; lost < 20; lost += 1) {
      const connection = new AbortController();
      const handed = hand(returned(lost, connection.signal));
      await settled();
      expect(handed.fate).toBe('open');
      connection.abort();
    }
  });
});
