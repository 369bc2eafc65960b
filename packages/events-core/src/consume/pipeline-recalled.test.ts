import { describe, expect, it } from 'vitest';
import type { Delivery } from '../contract/delivery.ts';
import { settled } from '../ports/test-clock.test-support.ts';
import { deliveryOf } from './delivery.test-support.ts';
import type { Handler } from './handler.ts';
import { setUpPipeline } from './pipeline.test-support.ts';

const release = { kind: 'release' };
const ack = { kind: 'ack' };

function recallable(recall: AbortController, id: string, key: string): Delivery {
  return deliveryOf({ id, key }, { position: id, recalled: recall.signal });
}

/** Handlers that end when the test says so. */
function onHold() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const handler: Handler = ({ id }, { signal }) => {
    begun.push(`${id} ${signal.aborted}`);
    return new Promise<void>((resolve) => ends.set(id, resolve));
  };
  return { begun, ends, handler };
}

describe('a delivery that is wanted back', () => {
  it('finishes and is settled if its handlers run; what waits for its turn or a slot is released', async () => {
    const { begun, ends, handler } = onHold();
    const { hand } = setUpPipeline({ ordering: 'key', concurrency: 1, handlers: { '#': handler } });
    const recall = new AbortController();
    const runs = hand(recallable(recall, 'a1', 'a'));
    const behind = hand(recallable(recall, 'a2', 'a'));
    const elsewhere = hand(recallable(recall, 'b1', 'b'));
    await settled();
    recall.abort();
    await settled();
    expect([runs.fate, behind.fate, elsewhere.fate]).toEqual(['open', 'open', release]);
    ends.get('a1')?.();
    await settled();
    expect([runs.fate, behind.fate]).toEqual([ack, release]);
    expect(begun).toEqual(['a1 false']);
  });

  it('does not wait in place for its next attempt, and those that failed stay counted here', async () => {
    const attempts: number[] = [];
    const handler: Handler = (_, { attempt }) => {
      attempts.push(attempt);
      throw new Error('no');
    };
    const { clock, hand } = setUpPipeline({ ordering: 'key', handlers: { '#': handler } });
    const recall = new AbortController();
    const waits = hand(recallable(recall, 'a1', 'a'));
    const behind = hand(recallable(recall, 'a2', 'a'));
    await settled();
    recall.abort();
    await settled();
    expect([waits.fate, behind.fate]).toEqual([release, release]);
    const again = hand(recallable(new AbortController(), 'a1', 'a'));
    await clock.advance(20_000);
    expect(attempts).toEqual([1, 2, 3]);
    expect(again.fate).toMatchObject({ kind: 'deadLetter', reason: 'attempts-exhausted' });
  });

  it('that fails while it is wanted back is released at once', async () => {
    const { promise: fails, reject } = Promise.withResolvers<never>();
    const { hand } = setUpPipeline({ ordering: 'key', handlers: { '#': () => fails } });
    const recall = new AbortController();
    const runs = hand(recallable(recall, 'a1', 'a'));
    await settled();
    recall.abort();
    reject(new Error('no'));
    await settled();
    expect(runs.fate).toEqual(release);
  });

  it('can still be dead-lettered, and does not hold those behind it', async () => {
    const { promise: fails, reject } = Promise.withResolvers<never>();
    const { hand, pipeline } = setUpPipeline({
      ordering: 'key',
      retry: { maxAttempts: 1 },
      handlers: { '#': () => fails },
    });
    const recall = new AbortController();
    const dying = pipeline.deliver(recallable(recall, 'a1', 'a'));
    const behind = hand(recallable(recall, 'a2', 'a'));
    await settled();
    recall.abort();
    reject(new Error('no'));
    expect(await dying).toMatchObject({ kind: 'deadLetter' });
    await settled();
    expect(behind.fate).toEqual(release);
  });

  it('begins nothing when it was wanted back before it came', async () => {
    const { begun, handler } = onHold();
    const { hand } = setUpPipeline({ handlers: { '#': handler } });
    const recall = new AbortController();
    recall.abort();
    const late = hand(recallable(recall, 'a1', 'a'));
    await settled();
    expect([late.fate, begun]).toEqual([release, []]);
  });
});

describe('a handler’s own delay with ordering by key', () => {
  it('is refused beyond what the broker lets an event be held; the policy then decides', async () => {
    const attempts: string[] = [];
    const handler: Handler = ({ id }, { attempt, retry }) => {
      attempts.push(`${id} ${attempt}`);
      if (attempt === 1) retry({ delayMs: 10_001 });
      if (attempt === 2) retry({ delayMs: 10_000 });
    };
    // Three attempts of 30 s and the policy's waits of 1 and 3 s, and 7 s more.
    const { clock, hand } = setUpPipeline({ ordering: 'key', maxHoldMs: 101_000, handlers: { '#': handler } });
    const handed = hand(deliveryOf({ id: 'a1', key: 'a' }));
    await clock.advance(999);
    expect(attempts).toEqual(['a1 1']);
    await clock.advance(1);
    expect(attempts).toEqual(['a1 1', 'a1 2']);
    await clock.advance(9_999);
    expect(attempts).toHaveLength(2);
    await clock.advance(1);
    expect(attempts).toEqual(['a1 1', 'a1 2', 'a1 3']);
    expect(handed.fate).toEqual(ack);
  });
});
