import type { BrokerAdapter, Settlement } from '@payments/events-core';
import { describe, expect, it } from 'vitest';
import { within } from '../support/deadlines.ts';
import { queueOf, spec } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { openPlace } from '../support/place.ts';
import { shortestWaits } from '../support/runtime.ts';

const work = queueOf('g');
const dead = `${work}.dead-letters`;

interface Owner {
  readonly unsettled: readonly number[];
  stop(): Promise<void>;
}

describe('order on RabbitMQ', { timeout: 60_000 }, () => {
  /** As core does for a single key: one at a time, and at a stop it gives back what has not begun. */
  async function own(member: BrokerAdapter, handled: string[]): Promise<Owner> {
    let draining = false;
    let lane: Promise<unknown> = Promise.resolve();
    const unsettled: number[] = [];
    const subscription = await member.subscribe(spec({ ordering: 'key', maxInFlight: 20 }), (delivery) => {
      unsettled.push(delivery.unsettled);
      const result = lane.then(async (): Promise<Settlement> => {
        if (draining || delivery.signal.aborted) return { kind: 'release' };
        await new Promise((resolve) => void setTimeout(resolve, 10));
        if (delivery.signal.aborted) return { kind: 'release' };
        handled.push(delivery.message.id ?? '');
        return { kind: 'ack' };
      });
      lane = result;
      return result;
    });
    return {
      unsettled,
      async stop() {
        draining = true;
        await subscription.stop(within(5_000));
      },
    };
  }

  it('twenty graceful restarts misorder nothing, double nothing, and count nothing', async () => {
    const place = await openPlace();
    const members = [await place.connected(), await place.connected()] as const;
    const ids = Array.from({ length: 300 }, (_, index) => `${index}`);
    const handled: string[] = [];
    const charged: number[] = [];
    let owner = await own(members[0], handled);
    await place.client.publish(ids);
    for (let restarts = 0; restarts < 20; restarts += 1) {
      const before = handled.length;
      await eventually('progress', () => handled.length >= Math.min(ids.length, before + 8));
      await owner.stop();
      charged.push(...owner.unsettled);
      owner = await own(members[restarts % 2]!, handled);
    }
    await eventually('all', () => handled.length >= ids.length, 30_000);
    await owner.stop();
    expect(handled).toEqual(ids);
    expect(new Set(charged)).toEqual(new Set([0]));
    expect(await place.client.ready(work)).toBe(0);
    expect(await place.client.ready(dead)).toBe(0);
  });

  it('hands over to a waiting owner without a gap in the order', async () => {
    const place = await openPlace();
    const members = [await place.connected(), await place.connected()] as const;
    const ids = Array.from({ length: 100 }, (_, index) => `${index}`);
    const handled: string[] = [];
    const first = await own(members[0], handled);
    const second = await own(members[1], handled);
    await place.client.publish(ids);
    await eventually('some', () => handled.length >= 10);
    await first.stop();
    await eventually('all', () => handled.length >= ids.length, 30_000);
    await second.stop();
    expect(handled).toEqual(ids);
  });

  it('keeps the order when connections are cut under the owner', async () => {
    const place = await openPlace({ random: shortestWaits });
    const { url, proxy } = await place.network();
    const ids = Array.from({ length: 120 }, (_, index) => `${index}`);
    const handled: string[] = [];
    const owner = await own(await place.connected({ url }), handled);
    await place.client.publish(ids);
    for (let cuts = 0; cuts < 6; cuts += 1) {
      const before = handled.length;
      await eventually('progress', () => handled.length >= Math.min(ids.length, before + 7));
      await proxy.reset();
    }
    await eventually('all', () => new Set(handled).size >= ids.length, 40_000);
    await owner.stop();
    expect([...new Set(handled)]).toEqual(ids);
  });
});
