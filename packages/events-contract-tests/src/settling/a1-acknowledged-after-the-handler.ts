import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { between, equal, fail } from '../verdict.ts';

const holdMs = 1_500;

export const A1: Clause = {
  id: 'A1',
  title:
    'acknowledges only after the handler resolved: unacknowledged while it holds 1.5 s, whether its connection is killed or its process, which redelivers',
  fault: true,
  async run(bench) {
    await connectionKilled(bench);
    await processKilled(bench);
  },
};

/** The right to settle may end with the connection, and the event comes again; or it outlives it, and the first handler's word counts. */
async function connectionKilled(bench: Bench): Promise<void> {
  const group = bench.group('connection');
  const held = await heldByOne(bench, 'connection', group);
  await bench.faults.killConnections();
  await bench.time.stays(
    async () => (await bench.probe.stored(group)).unsettled === 1,
    holdMs / 2,
    'the event stays unacknowledged after its connection was killed',
  );
  held.letGo();
  await unacknowledgedUntilHandled(bench, group);
  between(bench.ledger.runsOf(group).length, 1, 2, 'runs of the event whose connection was killed');
  await bench.judge(group, {
    of: ({ type }) => type === held.type,
    duplicates: { atMost: 1, because: 'the connection was killed while the first handler held' },
  });
  await held.process.close();
}

async function processKilled(bench: Bench): Promise<void> {
  const { ledger } = bench;
  const group = bench.group('process');
  const held = await heldByOne(bench, 'process', group);
  const heir = await consume(bench, held.type, group, () => bench.time.pass(holdMs));
  await held.process.kill();
  await unacknowledgedUntilHandled(bench, group);
  equal(
    ledger.runsOf(group).map(({ consumer, end }) => `${consumer} ${end}`),
    [`${held.name} cut`, `${heir.name} ok`],
    'runs of the event whose process was killed',
  );
  await bench.judge(group, { of: ({ type }) => type === held.type });
}

/** One event, half way through its handler, which ends when it is let go: to ask a broker may take longer than to handle. */
async function heldByOne(bench: Bench, label: string, group: string) {
  const { time, timings, ledger, probe } = bench;
  const type = bench.typeIn(label);
  const { promise: released, resolve: letGo } = Promise.withResolvers<void>();
  const holder = await consume(bench, type, group, () => released);
  const publisher = await bench.publisher({ events: testEvents([type]) });
  allAccepted([await publisher.publish({ type })], 'the publish');
  await time.until(() => ledger.runsOf(group).length === 1, timings.promptMs, 'the handler starts');
  await time.pass(holdMs / 2);
  equal((await probe.stored(group)).unsettled, 1, 'unacknowledged events while the handler holds');
  return { ...holder, type, letGo };
}

function consume(bench: Bench, type: string, group: string, handle: () => Promise<void>) {
  return bench.consume({ group, events: testEvents([type]), patterns: [type], handle });
}

async function unacknowledgedUntilHandled(bench: Bench, group: string): Promise<void> {
  const { time, timings, ledger, probe } = bench;
  const handled = () => ledger.handled(group).size === 1;
  await time.until(
    async () => {
      const { unsettled } = await probe.stored(group);
      if (!handled() && unsettled !== 1)
        fail(`${unsettled} events are unacknowledged, and no handler has resolved yet`);
      return handled();
    },
    timings.leaseMs + timings.flowAgainMs + holdMs,
    'the event is handled',
  );
  await time.until(
    async () => (await probe.stored(group)).unsettled === 0,
    timings.promptMs,
    'the event is acknowledged after its handler resolved',
  );
}
