import { describe, expect, it } from 'vitest';
import { within } from '../support/deadlines.ts';
import { createDesk } from '../support/desk.ts';
import { queueOf, spec } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { openPlace, type Place } from '../support/place.ts';

const work = queueOf('g');

/** Two processes of one group, or what stands for them. */
const twoMembers = async (place: Place) => [await place.connected(), await place.connected()] as const;

describe('stopping on RabbitMQ', { timeout: 30_000 }, () => {
  it.each(['none', 'key'] as const)('redelivers none of 159 scattered completions (%s)', async (ordering) => {
    const place = await openPlace();
    const [one, other] = await twoMembers(place);
    const ids = Array.from({ length: 160 }, (_, index) => `${index}`);
    const first = createDesk();
    const subscription = await one.subscribe(spec({ ordering, maxInFlight: 160 }), first.deliver);
    await place.client.publish(ids);
    await eventually('all out', () => first.open.size === 160);
    const stopped = subscription.stop(within(10_000));
    // With the oldest not done, each acknowledgement is a command of its own, and the channel's end follows at once.
    const [oldest, ...others] = first.all;
    oldest?.settle({ kind: 'release' });
    for (const open of others) open.settle();
    await stopped;
    await subscription.ended;
    // What came back would stand before this one.
    await place.client.publish(['end']);
    const second = createDesk();
    const next = await other.subscribe(spec({ ordering, maxInFlight: 500 }), second.deliver);
    await eventually('the end', () => second.all.some(({ id }) => id === 'end'));
    expect(second.all.map(({ id, delivery }) => [id, delivery.unsettled])).toEqual([
      ['0', 0],
      ['end', 0],
    ]);
    for (const open of second.open) open.settle();
    await next.stop(within(5_000));
  });

  it('waits for what is out, begins nothing new, and leaves the rest to others', async () => {
    const place = await openPlace();
    const [one, other] = await twoMembers(place);
    const first = createDesk();
    const second = createDesk();
    const subscription = await one.subscribe(spec({ maxInFlight: 2 }), first.deliver);
    await place.client.publish(['a', 'b', 'c', 'd']);
    await eventually('two out', () => first.open.size === 2);
    let over = false;
    const stopped = subscription.stop(within(10_000)).then(() => (over = true));
    const next = await other.subscribe(spec({ maxInFlight: 4 }), second.deliver);
    await eventually('the rest elsewhere', () => second.open.size === 2);
    expect(over).toBe(false);
    for (const open of first.open) open.settle();
    await stopped;
    expect(first.all).toHaveLength(2);
    expect(second.all.map(({ id }) => id).toSorted()).toEqual(['c', 'd']);
    for (const open of second.open) open.settle();
    await next.stop(within(5_000));
    expect(await place.client.ready(work)).toBe(0);
  });

  it.each(['none', 'key'] as const)('neither counts nor loses what is released (%s)', async (ordering) => {
    const place = await openPlace();
    const members = await twoMembers(place);
    for (let round = 0; round < 4; round += 1) {
      const desk = createDesk();
      const subscription = await members[round % 2]!.subscribe(spec({ ordering }), desk.deliver);
      if (round === 0) await place.client.publish(['a', 'b', 'c']);
      await eventually('three out', () => desk.open.size === 3);
      expect(desk.all.map(({ delivery }) => delivery.unsettled)).toEqual([0, 0, 0]);
      if (ordering === 'key') expect(desk.all.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
      // Core's order of things: it begins to drain before it stops the subscription.
      const last = round === 3;
      for (const open of desk.open) open.settle({ kind: last ? 'ack' : 'release' });
      const before = performance.now();
      await subscription.stop(within(5_000));
      // It would also end at its deadline, with something that it takes to be out still.
      expect(performance.now() - before).toBeLessThan(4_000);
    }
    expect(await place.client.ready(work)).toBe(0);
  });

  it.each(['none', 'key'] as const)(
    'leaves at once when told to, and what was out comes elsewhere (%s)',
    async (ordering) => {
      const place = await openPlace();
      const [one, other] = await twoMembers(place);
      const first = createDesk();
      const second = createDesk();
      const subscription = await one.subscribe(spec({ ordering }), first.deliver);
      await place.client.publish(['stuck']);
      const [stuck] = await eventually('out', () => first.all.length > 0 && first.all);
      const before = performance.now();
      await subscription.stop(within(200));
      expect(performance.now() - before).toBeLessThan(1_000);
      expect(stuck!.delivery.signal.aborted).toBe(true);
      const next = await other.subscribe(spec({ ordering }), second.deliver);
      const again = await eventually('elsewhere', () => second.all[0]);
      expect(again.delivery.unsettled).toBe(1);
      // Too late, and without effect on the other's delivery.
      stuck!.settle();
      again.settle();
      await next.stop(within(5_000));
      expect(await place.client.ready(work)).toBe(0);
    },
  );

  it('can be stopped three times at once, and at once after subscribing', async () => {
    const place = await openPlace();
    const adapter = await place.connected();
    const subscription = await adapter.subscribe(spec(), createDesk().deliver);
    await Promise.all([1, 2, 3].map(() => subscription.stop(within(5_000))));
    await subscription.ended;
  });
});
