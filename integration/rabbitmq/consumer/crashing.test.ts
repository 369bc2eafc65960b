import { describe, expect, it } from 'vitest';
import { queueOf, spec } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { openPlace, type Place } from '../support/place.ts';
import { createFleet, firstHandled, type Fleet } from './fleet.ts';

const work = queueOf('g');
const dead = `${work}.dead-letters`;

describe('crash loops on RabbitMQ', { timeout: 120_000 }, () => {
  /** The group exists before anybody consumes it. */
  async function declared(ordering: 'none' | 'key'): Promise<Place> {
    const place = await openPlace();
    await (await place.connected()).declareGroup(spec({ ordering }));
    return place;
  }

  async function expectOnlyPoisonDead(fleet: Fleet, place: Place, neighbours: readonly string[]): Promise<void> {
    await eventually(
      'the poison dead, the neighbours handled',
      () => {
        const done = new Set(fleet.ids('done'));
        return fleet.ids('dead').length > 0 && neighbours.every((id) => done.has(id));
      },
      100_000,
    );
    expect(new Set(fleet.ids('dead'))).toEqual(new Set(['poison']));
    const charged = fleet.said.filter(({ id }) => id !== 'poison').map(({ unsettled }) => unsettled ?? 0);
    expect(Math.max(...charged)).toBeLessThanOrEqual(2);
    await eventually('nothing left', async () => (await place.client.ready(work)) === 0);
    await eventually('the letter stored', async () => (await place.client.ready(dead)) === 1);
    const letters = await place.client.take(dead);
    expect(letters.map(({ properties }) => properties.messageId)).toEqual(['poison']);
  }

  it('charges a poison alone, and not the nine that were prefetched with it', async () => {
    const place = await declared('none');
    const neighbours = Array.from({ length: 9 }, (_, index) => `n${index}`);
    await place.client.publish(neighbours.slice(0, 4), {}, { ms: 150 });
    await place.client.publish(['poison'], {}, { poison: true });
    await place.client.publish(neighbours.slice(4), {}, { ms: 150 });
    const fleet = createFleet({ url: place.url, ordering: 'none', maxInFlight: 10 });
    fleet.start();
    await eventually('the first crash', () => fleet.crashes > 0);
    for (let more = 0; more < 3; more += 1) fleet.start();
    await expectOnlyPoisonDead(fleet, place, neighbours);
    expect(fleet.crashes).toBe(10);
  });

  it('charges it alone with ten members of which nine were already running', async () => {
    const place = await declared('none');
    const fleet = createFleet({ url: place.url, ordering: 'none', maxInFlight: 10 });
    for (let members = 0; members < 9; members += 1) fleet.start();
    await eventually('nine ready', () => fleet.ids('ready').length === 9, 60_000);
    const neighbours = Array.from({ length: 90 }, (_, index) => `n${index}`);
    await place.client.publish(neighbours.slice(0, 45), {}, { ms: 150 });
    await place.client.publish(['poison'], {}, { poison: true });
    await place.client.publish(neighbours.slice(45), {}, { ms: 150 });
    fleet.start();
    await expectOnlyPoisonDead(fleet, place, neighbours);
  });

  it('in ordered mode charges it alone, and keeps the order', async () => {
    const place = await declared('key');
    const neighbours = Array.from({ length: 9 }, (_, index) => `n${index}`);
    await place.client.publish(neighbours.slice(0, 4), {}, { ms: 20 });
    await place.client.publish(['poison'], {}, { poison: true });
    await place.client.publish(neighbours.slice(4), {}, { ms: 20 });
    const fleet = createFleet({ url: place.url, ordering: 'key', maxInFlight: 64 });
    for (let members = 0; members < 3; members += 1) fleet.start();
    await expectOnlyPoisonDead(fleet, place, neighbours);
    expect(firstHandled(fleet.said)).toEqual(neighbours);
  });

  it('keeps the order when two owners die one after the other while each holds several', async () => {
    const place = await declared('key');
    const ids = Array.from({ length: 30 }, (_, index) => `${index}`);
    await place.client.publish(ids, {}, { ms: 40 });
    const fleet = createFleet({ url: place.url, ordering: 'key', maxInFlight: 10 });
    for (const handled of [3, 1, 2]) {
      const owner = fleet.start();
      await eventually('some handled', () => owner.said.filter(({ kind }) => kind === 'done').length >= handled);
      await owner.kill();
    }
    fleet.start();
    await eventually('all handled', () => firstHandled(fleet.said).length === ids.length, 30_000);
    expect(firstHandled(fleet.said)).toEqual(ids);
  });
});
