import type { DeadLetter, Delivery } from '@payments/events-core';
import { describe, expect, test } from 'vitest';
import { fillLetters, lettersOf, lettersSpec, noDeadline, sweepOf } from '../support/letters.ts';
import { openPlace } from '../support/place.ts';

const number = ({ message }: DeadLetter) => Number(message.id?.slice('letter-'.length));

describe('dead letters in Kafka', { timeout: 120_000 }, () => {
  test('30 sweeps of 300 letters by two processes keep them all, in order, and two at once see the whole or are refused', async () => {
    const place = await openPlace();
    const adapters = [await place.connected(), await place.connected()] as const;
    await fillLetters(place, adapters[0], 300);
    const first = await sweepOf(place, adapters[0]);
    expect(first).toMatchObject({ visited: 300, complete: true });
    expect(new Set(first.letters.map(({ id }) => id)).size).toBe(300);
    expect(new Set(first.ids).size).toBe(300);
    for (let round = 0; round < 10; round += 1) {
      for (const adapter of adapters) expect((await sweepOf(place, adapter)).letters).toEqual(first.letters);
      const both = await Promise.allSettled(adapters.map((adapter) => sweepOf(place, adapter)));
      for (const one of both) {
        if (one.status === 'fulfilled') expect(one.value.ids).toEqual(first.ids);
        else expect(one.reason).toMatchObject({ code: 'EVENTS_DEAD_LETTERS_BUSY' });
      }
    }
    const same = await Promise.allSettled([sweepOf(place, adapters[0]), sweepOf(place, adapters[0])]);
    expect(same.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await adapters[1].backlog(lettersOf(place))).toMatchObject({ dead: 300 });
  });

  test('what was discarded does not come back, and what was redriven is handled by its group alone', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    await fillLetters(place, adapter, 300);
    const swept = await sweepOf(place, adapter, (letter) => {
      const action = (['keep', 'discard', 'redrive'] as const)[number(letter) % 3]!;
      return action === 'redrive' ? { action, state: { again: 'yes' } } : { action };
    });
    expect(swept).toMatchObject({ visited: 300, complete: true });
    const kept = await sweepOf(place, adapter);
    expect(kept.letters.map((letter) => number(letter) % 3)).toEqual(Array.from({ length: 100 }, () => 0));
    expect(await adapter.backlog(lettersOf(place))).toMatchObject({ dead: 100 });
    const seen: Delivery[] = [];
    const subscription = await adapter.subscribe(lettersSpec(place), async (delivery) => {
      seen.push(delivery);
      return { kind: 'ack' };
    });
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(100);
    await subscription.stop(noDeadline);
    expect(seen.every(({ state, unsettled }) => state['again'] === 'yes' && unsettled === 0)).toBe(true);
    const positions = swept.letters.filter((letter) => number(letter) % 3 === 2).length;
    expect(new Set(seen.map(({ position }) => position)).size).toBe(positions);
    expect(seen.every(({ position }) => position?.includes('shop/'))).toBe(true);
  });

  test('once all letters are removed nothing of them lies there any longer', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    await fillLetters(place, adapter, 20, { ordering: 'key' });
    const redriven = await sweepOf(place, adapter, () => ({ action: 'redrive', state: {} }));
    expect(redriven).toMatchObject({ visited: 20, complete: true });
    const group = lettersOf(place);
    const offsets = await place.admin.fetchTopicOffsets(`${place.prefix}${group}.dead-letters`);
    expect(offsets.every(({ low, high }) => low === high && high === '20')).toBe(true);
    expect(await place.read(`${group}.retry-now-by-key`)).toHaveLength(20);
    expect(await adapter.backlog(group)).toMatchObject({ dead: 0, waiting: 20 });
    expect(await sweepOf(place, adapter)).toMatchObject({ visited: 0, complete: true });
  });

  test('stop, abort and a visit that throws end a sweep, and keep the letter', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    await fillLetters(place, adapter, 20);
    const store = adapter.deadLetters(lettersOf(place));
    const stopped = store.sweep(async () => ({ action: 'stop' }), noDeadline);
    await expect(stopped).resolves.toEqual({ visited: 1, complete: false });
    const thrown = new Error('mine');
    await expect(store.sweep(() => Promise.reject(thrown), noDeadline)).rejects.toBe(thrown);
    const abort = new AbortController();
    const aborted = store.sweep(
      async () => {
        abort.abort();
        return { action: 'keep' };
      },
      { signal: abort.signal },
    );
    await expect(aborted).resolves.toEqual({ visited: 1, complete: false });
    expect(await adapter.backlog(lettersOf(place))).toMatchObject({ dead: 20, waiting: 0 });
    expect((await sweepOf(place, adapter)).ids).toHaveLength(20);
  });

  test('a group that nobody has declared is a configuration error, and one without letters has none', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    const sweeping = sweepOf(place, adapter);
    await expect(sweeping).rejects.toMatchObject({ code: 'EVENTS_CONFIGURATION', path: 'group' });
    await adapter.declareGroup(lettersSpec(place));
    expect(await sweepOf(place, adapter)).toMatchObject({ visited: 0, complete: true });
  });
});
