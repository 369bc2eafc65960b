import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { fillLetters, lettersOf, lettersSpec, noDeadline, sweepOf } from '../support/letters.ts';
import { openPlace } from '../support/place.ts';

describe('sweeps in Kafka on bad days', { timeout: 120_000 }, () => {
  test('a visit that takes longer than a session does not cost the sweep its place', async () => {
    const place = await openPlace();
    const sessionTimeoutMs = 6_000;
    const adapter = await place.connected({ sessionTimeoutMs });
    const other = await place.connected({ sessionTimeoutMs });
    await fillLetters(place, adapter, 20);
    let refused: unknown;
    const swept = await sweepOf(place, adapter, async ({ message: { id } }) => {
      if (id !== 'letter-7') return { action: 'keep' };
      await delay(1.5 * sessionTimeoutMs);
      refused = await sweepOf(place, other).catch((error: unknown) => error);
      return { action: 'discard' };
    });
    expect(swept).toMatchObject({ visited: 20, complete: true });
    expect(refused).toMatchObject({ code: 'EVENTS_DEAD_LETTERS_BUSY' });
    expect(await sweepOf(place, other)).toMatchObject({ visited: 19, complete: true });
  });

  test('a sweep that is cut off ends in bounded time and removes nothing more; the next one waits for its session', async () => {
    const place = await openPlace();
    const { proxy, options } = await place.network();
    const dying = await place.connected({ ...options, sessionTimeoutMs: 6_000 });
    const adapter = await place.connected();
    await fillLetters(place, adapter, 100);
    const before = (await sweepOf(place, adapter)).ids;
    let visited = 0;
    const sweeping = dying.deadLetters(lettersOf(place)).sweep(async () => {
      visited += 1;
      if (visited === 30) await proxy.silence('both');
      if (visited >= 30) await delay(50);
      return visited >= 30 ? { action: 'discard' } : { action: 'keep' };
    }, noDeadline);
    const startedAt = performance.now();
    await expect(sweeping).rejects.toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    await expect
      .poll(async () => (await sweepOf(place, adapter).catch(() => undefined))?.ids, { timeout: 20_000 })
      .toEqual(before);
  });

  test('a sweep whose connections break at half leaves all letters in order to the next', async () => {
    const place = await openPlace();
    const { proxy, options } = await place.network();
    const dying = await place.connected({ ...options, sessionTimeoutMs: 6_000 });
    const adapter = await place.connected();
    await fillLetters(place, adapter, 300);
    const before = (await sweepOf(place, adapter)).ids;
    for (const at of [90, 270]) {
      let visited = 0;
      const sweeping = sweepOf(place, dying, async () => {
        visited += 1;
        if (visited === at) await proxy.reset();
        return { action: 'keep' };
      });
      const swept = await sweeping.catch((error: unknown) => error);
      if (swept instanceof Error) expect(swept).toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
      else expect(swept).toMatchObject({ ids: before, complete: true });
      await expect
        .poll(async () => (await sweepOf(place, adapter).catch(() => undefined))?.ids, { timeout: 20_000 })
        .toEqual(before);
    }
  });

  test('letters that are redriven while the broker is away are not lost', async () => {
    const place = await openPlace();
    const { proxy, options } = await place.network();
    const dying = await place.connected({ ...options, sessionTimeoutMs: 6_000 });
    const adapter = await place.connected();
    await fillLetters(place, adapter, 30);
    let visited = 0;
    const sweeping = sweepOf(place, dying, async () => {
      visited += 1;
      if (visited === 10) await proxy.refuse();
      return { action: 'redrive', state: {} };
    });
    await expect(sweeping).rejects.toMatchObject({ code: 'EVENTS_BROKER_UNAVAILABLE' });
    const handled = new Set<string | undefined>();
    const subscription = await adapter.subscribe(lettersSpec(place), async ({ message: { id } }) => {
      handled.add(id);
      return { kind: 'ack' };
    });
    const left = async () => (await sweepOf(place, adapter).catch(() => undefined))?.ids;
    await expect.poll(async () => new Set([...handled, ...((await left()) ?? [])]).size, { timeout: 30_000 }).toBe(30);
    await subscription.stop(noDeadline);
  });

  test('closing the adapter ends its sweep', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    await fillLetters(place, adapter, 20);
    let closing: Promise<void> | undefined;
    const sweeping = sweepOf(place, adapter, async () => {
      closing ??= adapter.close({ signal: AbortSignal.timeout(2_000) });
      await closing;
      await delay(1_000);
      return { action: 'keep' };
    });
    await expect(sweeping).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
  });
});
