import { describe, expect, it } from 'vitest';
import { within } from '../support/deadlines.ts';
import { createDesk } from '../support/desk.ts';
import { queueOf, spec } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { openPlace } from '../support/place.ts';

const work = queueOf('g');
const dead = `${work}.dead-letters`;

describe('settling on RabbitMQ', { timeout: 30_000 }, () => {
  it('brings a retry back with its state after the next step, as often as asked, and then acknowledges', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    const seen: { state: object; unsettled: number; at: number }[] = [];
    const subscription = await adapter.subscribe(spec(), async ({ state, unsettled }) => {
      seen.push({ state, unsettled, at: performance.now() });
      const tries = Number(state['tries'] ?? 0) + 1;
      return tries > 2
        ? { kind: 'ack' }
        : { kind: 'retry', delayMs: tries === 1 ? 30 : 60, state: { tries: `${tries}` } };
    });
    await place.client.publish(['one']);
    await eventually('three deliveries', () => seen.length === 3);
    expect(seen.map(({ state }) => state)).toEqual([{}, { tries: '1' }, { tries: '2' }]);
    expect(seen.map(({ unsettled }) => unsettled)).toEqual([0, 0, 0]);
    expect(seen[1]!.at - seen[0]!.at).toBeGreaterThanOrEqual(45);
    expect(seen[2]!.at - seen[1]!.at).toBeGreaterThanOrEqual(390);
    await subscription.stop(within(5_000));
    expect(await place.client.ready(work)).toBe(0);
  });

  it('stores a dead letter before it acknowledges, and tells when it lies there', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    const told: number[] = [];
    const subscription = await adapter.subscribe(spec(), async () => ({
      kind: 'deadLetter',
      reason: 'hopeless',
      state: { attempts: '4' },
      onStored: () => void told.push(performance.now()),
    }));
    await place.client.publish(['gone'], { headers: { some: 'header' } }, { a: 1 });
    await eventually('told', () => told.length === 1);
    const [letter, ...more] = await place.client.take(dead, 1);
    expect(more).toEqual([]);
    expect(letter?.content.toString()).toBe('{"a":1}');
    expect(letter?.properties.messageId).toBe('gone');
    expect(letter?.properties.headers?.['some']).toBe('header');
    await subscription.stop(within(5_000));
    expect(await place.client.ready(work)).toBe(0);
  });

  it('keeps a message whose retry queue was deleted, declares the queue again, and stores the retry', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    let deliveries = 0;
    const subscription = await adapter.subscribe(spec(), async ({ state }) => {
      deliveries += 1;
      if (state['again'] === 'yes') return { kind: 'ack' };
      await place.client.delete(queueOf('g.retry-50ms'));
      return { kind: 'retry', delayMs: 50, state: { again: 'yes' } };
    });
    await place.client.publish(['kept']);
    await eventually('handled again', () => deliveries === 2);
    expect(place.notices).toContainEqual(expect.objectContaining({ kind: 'settlement-delayed', group: 'g' }));
    await subscription.stop(within(5_000));
  });

  it('waits here for a retry where the policy has no steps', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    let deliveries = 0;
    const subscription = await adapter.subscribe(spec({ retryDelaysMs: [] }), async () => {
      deliveries += 1;
      return deliveries > 1 ? { kind: 'ack' } : { kind: 'retry', delayMs: 60, state: {} };
    });
    await place.client.publish(['busy']);
    await eventually('twice', () => deliveries === 2);
    await subscription.stop(within(5_000));
  });

  it('believes neither counts nor state that a producer has written', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    const desk = createDesk();
    const subscription = await adapter.subscribe(spec(), desk.deliver);
    const note = JSON.stringify({ state: { attempts: '9' }, unsettled: 9 });
    await place.client.publish(['forged'], {
      headers: {
        'x-delivery-count': 999,
        'x-acquired-count': 999,
        'x-death': [{ count: 50, queue: 'q', reason: 'rejected' }],
        'payments:note': note,
      },
    });
    const one = await eventually('delivered', () => desk.all[0]);
    expect(one.delivery.unsettled).toBe(0);
    expect(one.delivery.state).toEqual({});
    one.settle();
    await subscription.stop(within(5_000));
  });

  it('has no more than maxInFlight out, and takes the rest as these are settled', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    const desk = createDesk();
    const subscription = await adapter.subscribe(spec({ maxInFlight: 4 }), desk.deliver);
    await place.client.publish(Array.from({ length: 12 }, (_, index) => `${index}`));
    let most = 0;
    await eventually('all', () => {
      most = Math.max(most, desk.open.size);
      if (desk.open.size === 4 || desk.all.length === 12) for (const one of desk.open) one.settle();
      return desk.all.length === 12 && desk.open.size === 0;
    });
    expect(most).toBe(4);
    await subscription.stop(within(5_000));
  });
});
