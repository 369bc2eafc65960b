import { describe, expect, it } from 'vitest';
import { names } from '../lab/lab-names.ts';
import { within } from '../support/deadlines.ts';
import { createDesk } from '../support/desk.ts';
import { message, queueOf, spec } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { openPlace } from '../support/place.ts';
import { heldTimers, shortestWaits } from '../support/runtime.ts';

const work = queueOf('g');
const dead = `${work}.dead-letters`;

describe('losing channels and queues on RabbitMQ', { timeout: 40_000 }, () => {
  it.each(['none', 'key'] as const)('settles nothing on another channel than its own (%s)', async (ordering) => {
    const place = await openPlace();
    const { url, proxy } = await place.network();
    const member = await place.connected({ url });
    const desk = createDesk();
    const subscription = await member.subscribe(spec({ ordering }), desk.deliver);
    await place.client.publish(['a', 'b', 'c']);
    await eventually('out', () => desk.open.size === 3);
    const old = [...desk.open];
    await proxy.reset();
    await eventually('the signals', () => old.every(({ delivery }) => delivery.signal.aborted));
    await eventually('again', () => desk.all.length === (ordering === 'key' ? 4 : 6));
    expect(desk.all.slice(3).every(({ delivery }) => delivery.unsettled === 1)).toBe(true);
    // The same tags as those that are out now: said on the new channel they would settle them.
    for (const one of old) one.settle();
    for (const one of old) one.settle({ kind: 'deadLetter', reason: 'late', state: {} });
    await new Promise((resolve) => void setTimeout(resolve, 50));
    const begun = desk.all.length;
    await proxy.reset();
    const handled = new Set<string>();
    await eventually('all once more', () => {
      for (const one of desk.all.slice(begun)) {
        if (desk.open.has(one)) handled.add(one.id);
        one.settle();
      }
      return handled.size === 3;
    });
    expect([...handled]).toEqual(['a', 'b', 'c']);
    // A stop waits for handlers, also of what was lost.
    for (const one of desk.open) one.settle();
    await subscription.stop(within(5_000));
    expect(await place.client.ready(work)).toBe(0);
    expect(await place.client.ready(dead)).toBe(0);
  });

  it.each(['none', 'key'] as const)(
    'declares deleted queues again and consumes within 2 s; what was held is not lost (%s)',
    async (ordering) => {
      const place = await openPlace();
      const { url, proxy } = await place.network();
      const member = await place.connected({ url });
      const desk = createDesk();
      const subscription = await member.subscribe(spec({ ordering }), desk.deliver);
      await place.client.publish(['held', 'held too']);
      await eventually('out', () => desk.open.size === 2);
      // It hears of all at once. One by one, the next could go when it has just begun anew, and charge what it holds.
      await proxy.hold();
      for (const name of ['', '.crash-suspects', '.crash-marks', '.retry-50ms']) {
        await place.client.delete(`${work}${name}`);
      }
      await proxy.heal();
      const deletedAt = performance.now();
      await eventually('held again', () => desk.all.length === 4);
      expect(performance.now() - deletedAt).toBeLessThan(2_000);
      expect(desk.all.slice(2).map(({ id, delivery }) => [id, delivery.unsettled])).toEqual([
        ['held', 0],
        ['held too', 0],
      ]);
      expect(place.notices).toContainEqual(expect.objectContaining({ kind: 'loss-suspected', group: 'g' }));
      await place.client.publish(['after']);
      await eventually('after', () => desk.all.length === 5);
      for (const one of desk.open) one.settle();
      await subscription.stop(within(5_000));
      expect(await place.client.ready(work)).toBe(0);
    },
  );

  it('keeps the order when its queue is deleted while events are published (key)', async () => {
    const place = await openPlace({ random: shortestWaits });
    const member = await place.connected();
    const desk = createDesk();
    const subscription = await member.subscribe(spec({ ordering: 'key' }), desk.deliver);
    const held = Array.from({ length: 10 }, (_, index) => `${index}`);
    await place.client.publish(held);
    await eventually('out', () => desk.open.size === held.length);
    await place.client.delete(work);
    let published = held.length;
    // Without a pause: something is always on its way when the queue is bound again.
    while (desk.all.length < 2 * held.length + 100) {
      await place.client.publish(Array.from({ length: 20 }, (_, index) => `${published + index}`));
      published += 20;
      for (const one of desk.all.slice(held.length)) one.settle();
    }
    const again = desk.all.slice(held.length).map(({ id }) => id);
    expect(again.slice(0, held.length)).toEqual(held);
    expect(again).toEqual(again.toSorted((a, b) => Number(a) - Number(b)));
    for (const one of desk.open) one.settle();
    await subscription.stop(within(5_000));
  });

  it.each(['none', 'key'] as const)(
    'stores what it held when it stops as soon as its queue is deleted (%s)',
    async (ordering) => {
      const place = await openPlace();
      const member = await place.connected();
      const desk = createDesk();
      const subscription = await member.subscribe(spec({ ordering }), desk.deliver);
      await place.client.publish(['held', 'held too']);
      await eventually('out', () => desk.open.size === 2);
      await place.client.delete(work);
      for (const one of desk.open) one.settle({ kind: 'release' });
      await subscription.stop(within(5_000));
      expect(await place.client.ready(work)).toBe(2);
    },
  );

  it('binds its queue again when somebody has unbound it, though nothing tells it so', async () => {
    const { clock, goOff } = heldTimers(30_000);
    const place = await openPlace({ clock });
    const member = await place.connected();
    const desk = createDesk();
    const subscription = await member.subscribe(spec(), desk.deliver);
    await (await place.client.channel()).unbindQueue(work, `${names.exchange}.group-bindings`, '#');
    await member.send(message({ id: 'parked' }), within(5_000));
    expect(await place.client.ready(queueOf('.unrouted'))).toBe(1);
    goOff();
    await eventually('bound again', async () => {
      await member.send(message(), within(5_000));
      return desk.all.length > 0;
    });
    for (const one of desk.open) one.settle();
    await subscription.stop(within(5_000));
  });

  it('survives that the broker takes back all of a channel, again and again', async () => {
    const place = await openPlace({ random: shortestWaits });
    const { url, proxy } = await place.network();
    const member = await place.connected({ url });
    const handled = new Set<string>();
    const subscription = await member.subscribe(spec({ maxInFlight: 20 }), async ({ message }) => {
      await new Promise((resolve) => void setTimeout(resolve, 20));
      handled.add(message.id ?? '');
      return { kind: 'ack' };
    });
    const ids = Array.from({ length: 400 }, (_, index) => `${index}`);
    const publishing = place.client.publish(ids);
    for (let cuts = 0; cuts < 8; cuts += 1) {
      const before = handled.size;
      await eventually('progress', () => handled.size > before || handled.size === ids.length);
      await proxy.reset();
    }
    await publishing;
    await eventually('all handled', () => handled.size === ids.length);
    await subscription.stop(within(5_000));
    await eventually('nothing left', async () => (await place.client.ready(work)) === 0);
  });
});
