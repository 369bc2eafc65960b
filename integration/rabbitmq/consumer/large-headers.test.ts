import type { RabbitmqBroker } from '@payments/events-rabbitmq';
import { expect, it } from 'vitest';
import { within } from '../support/deadlines.ts';
import { queueOf, spec } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { openPlace } from '../support/place.ts';

const work = queueOf('g');
/** The client writes and reads headers of up to 64 KiB: this much leaves no room for a note. */
const headers = { 'x-large': 'x'.repeat(65_400) };

it.each(['none', 'key'] as const)(
  'a foreign message that leaves no room for a note stays with the broker and degrades health, and its neighbours go on (%s)',
  async (ordering) => {
    const place = await openPlace();
    const adapter = await place.connected();
    const handled: string[] = [];
    const subscription = await adapter.subscribe(spec({ ordering }), async ({ message }) => {
      const id = message.id ?? '';
      if (id === 'large') return { kind: 'deadLetter', reason: 'hopeless', state: { attempts: '1' } };
      handled.push(id);
      return { kind: 'ack' };
    });
    await place.client.publish(['before']);
    await place.client.publish(['large'], { headers });
    await place.client.publish(['after', 'later']);
    await eventually('the neighbours', () => handled.length === 3);
    const problem = await eventually('the problem', async () => {
      const { status, problems } = await adapter.health();
      return status === 'degraded' && problems.find(({ code }) => code === 'too-large-to-copy');
    });
    expect(problem).toMatchObject({ group: 'g', message: expect.stringContaining('1 message') });
    expect(place.notices).toContainEqual(expect.objectContaining({ kind: 'settlement-delayed', group: 'g' }));
    expect(handled).toEqual(['before', 'after', 'later']);
    await subscription.stop(within(500));
    expect((await adapter.health()).problems).toEqual([]);
    const [left, ...more] = await place.client.take(work, 1);
    expect(more).toEqual([]);
    expect(left?.properties).toMatchObject({ messageId: 'large', headers });
    expect(await place.client.ready(`${work}.dead-letters`)).toBe(0);
  },
);

it.each(['none', 'key'] as const)(
  'it keeps no suspect waiting: beside one that may have ended a process, and after an abrupt end, the group goes on (%s)',
  async (ordering) => {
    const place = await openPlace();
    const handled: string[] = [];
    const consuming = async () => {
      const adapter = await place.connected();
      await adapter.subscribe(spec({ ordering }), async ({ message }) => {
        const id = message.id ?? '';
        if (id === 'large') return { kind: 'deadLetter', reason: 'hopeless', state: { attempts: '1' } };
        handled.push(id);
        return { kind: 'ack' };
      });
      return adapter;
    };
    const stuck = (adapter: RabbitmqBroker) =>
      eventually('the problem', async () => {
        const { problems } = await adapter.health();
        return problems.some(({ code }) => code === 'too-large-to-copy');
      });
    const first = await consuming();
    await place.client.publish(['large'], { headers });
    await stuck(first);
    // What it holds is returned without a word of what was out.
    await first.close({ signal: AbortSignal.abort() });
    const second = await consuming();
    await stuck(second);
    if (ordering === 'none') await place.client.send(`${work}.crash-suspects`, ['suspect']);
    await place.client.publish(['after', 'later']);
    await eventually('the neighbours', () => handled.includes('after') && handled.includes('later'));
    if (ordering === 'none') await eventually('the suspect', () => handled.includes('suspect'));
  },
);
