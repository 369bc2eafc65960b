import { memoryInbox, systemClock } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { equal } from '../verdict.ts';

export const I1: Clause = {
  id: 'I1',
  title: 'handles an id that comes five times, twice at once, once where the inbox is on',
  async run(bench) {
    await fiveTimes(bench, 'succeeds', false);
    await fiveTimes(bench, 'failsfirst', true);
    await publishedAgain(bench);
  },
};

/** Messages of different ids, so that no broker suppresses them; the event in them is one. */
async function fiveTimes(bench: Bench, label: string, failsFirst: boolean): Promise<void> {
  const { time, timings } = bench;
  const type = bench.typeIn(label);
  const { handled, group, stats } = await consumersWithInbox(bench, type, failsFirst);
  const id = `${bench.namespace}-${label}`;
  const body = Buffer.from(
    JSON.stringify({ id, event_type: type, timestamp: '2026-11-23T09:00:36Z', source: '/i1', data: { n: 1 } }),
  );
  const send = (copy: number) => bench.sendForeign({ id: `${id}-copy${copy}`, type, headers: {}, body });
  await Promise.all([send(1), send(2)]);
  for (let copy = 3; copy <= 5; copy += 1) {
    await time.pass(500);
    await send(copy);
  }
  await settledAll(bench, group);
  await time.stays(() => handled.filter(({ ok }) => ok).length === 1, timings.leaseMs, 'the event is handled once');
  equal(
    handled.map((one) => `${one.id} ${one.ok ? 'ok' : 'failed'}`),
    failsFirst ? [`${id} failed`, `${id} ok`] : [`${id} ok`],
    'runs of the handler',
  );
  equal(stats(), { handled: 1, deduplicated: 4, deadLettered: 0 }, 'what became of five messages');
}

async function publishedAgain(bench: Bench): Promise<void> {
  const type = bench.typeIn('again');
  const { handled, group } = await consumersWithInbox(bench, type, false);
  const publishers = [
    await bench.publisher({ events: testEvents([type]) }),
    await bench.publisher({ events: testEvents([type]) }),
  ];
  const id = `${bench.namespace}-again`;
  const publish = (at: number) => publishers[at]!.publish({ type, id });
  allAccepted(
    [...(await Promise.all([publish(0), publish(1)])), await publish(0), await publish(1), await publish(0)],
    'the same id five times',
  );
  await settledAll(bench, group);
  equal(
    handled.map((one) => one.id),
    [id],
    'runs of the handler',
  );
}

interface Inboxed {
  readonly group: string;
  /** Runs of the handler, in order of their end. */
  readonly handled: readonly { readonly id: string; readonly ok: boolean }[];
  stats(): { readonly handled: number; readonly deduplicated: number; readonly deadLettered: number };
}

/** Two consumers in two processes that share an inbox, as a database would be shared. */
async function consumersWithInbox(bench: Bench, type: string, failsFirst: boolean): Promise<Inboxed> {
  const group = bench.group('inbox');
  const handled: { id: string; ok: boolean }[] = [];
  const { adapter } = await bench.process();
  const inbox = memoryInbox({ clock: adapter.clock ?? systemClock });
  const consuming = {
    group,
    events: testEvents([type]),
    patterns: [type],
    inbox,
    retry: { initialDelayMs: 200, jitter: 'none' as const },
    async handle({ event }: { readonly event: { readonly id: string } }) {
      const ok = !failsFirst || handled.length > 0;
      await bench.time.pass(100);
      handled.push({ id: event.id, ok });
      if (!ok) throw new Error('not the first time');
    },
  };
  const members = [await bench.consume(consuming), await bench.consume(consuming)];
  return {
    group,
    handled,
    stats() {
      const all = members.map(({ consumer }) => consumer.stats());
      const sum = (what: 'handled' | 'deduplicated' | 'deadLettered') =>
        all.reduce((total, one) => total + one[what], 0);
      return { handled: sum('handled'), deduplicated: sum('deduplicated'), deadLettered: sum('deadLettered') };
    },
  };
}

async function settledAll(bench: Bench, group: string): Promise<void> {
  await bench.time.until(
    async () => (await bench.probe.stored(group)).unsettled === 0,
    bench.timings.flowAgainMs,
    'all copies of the event are settled',
  );
}
