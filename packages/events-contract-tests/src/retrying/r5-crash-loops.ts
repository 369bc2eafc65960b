import type { Ordering } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import type { ConsumingOptions, Handling } from '../bench/consuming.ts';
import { allAccepted } from '../bench/outcomes.ts';
import type { LabProcess } from '../bench/process.ts';
import { standardFlow } from '../bench/standard-flow.ts';
import type { Clause } from '../clause.ts';
import { equal, holds } from '../verdict.ts';

const poison = -1;
const neighbours = 9;
/** Far more crashes than any guard should need. */
const mostCrashes = 60;

export const R5: Clause = {
  id: 'R5',
  title:
    'ends a poison event that kills its process handled or dead, its neighbours handled; resets and restarts dead-letter nothing',
  fault: true,
  patienceS: 300,
  async run(bench) {
    for (const ordering of ['none', 'key'] as const) {
      await poisonAmongNeighbours(bench, ordering, 1);
      await poisonAmongNeighbours(bench, ordering, 10);
    }
    await resetsAndRestarts(bench);
  },
};

/** Of the members one at a time meets the poison; it dies with all it holds, and a new one takes its place. */
async function poisonAmongNeighbours(bench: Bench, ordering: Ordering, members: number): Promise<void> {
  const { time, timings, ledger, probe } = bench;
  const group = bench.group(`${ordering}-${members}`);
  const from = ledger.intents.length;
  const of = ({ place }: { readonly place: number }) => place >= from;
  let crashes = 0;
  let crashing = Promise.resolve();
  let over = false;
  const running = new Map<string, LabProcess>();

  const options: ConsumingOptions = {
    group,
    ordering,
    startFrom: 'latest',
    handle({ event, run }: Handling) {
      // Slow enough that the neighbours are still held when the process dies.
      if (event.data.n !== poison) return time.pass(300);
      crashes += 1;
      crashing = replace(run.consumer);
      return new Promise(() => {});
    },
  };
  async function start(): Promise<void> {
    const process = await bench.process();
    if (over) return process.close();
    // Known before it starts: the poison may be the first thing it is given.
    running.set(process.name, process);
    await process.consumer(options).start();
  }
  async function replace(name: string): Promise<void> {
    const victim = running.get(name);
    running.delete(name);
    await victim?.kill();
    // The start of a process that is killed while it starts never returns.
    if (crashes < mostCrashes) void start();
  }

  // What is published while the first member starts is meant for it, also where a group sees no history.
  await bench.declare(group, { ordering, startFrom: 'latest' });
  for (let member = 1; member < members; member++) await start();
  if (members === 1) void start();
  const publisher = await bench.publisher();
  const outcomes = publisher.publishMany(1 + neighbours, (n) => ({
    key: `key-${n}`,
    data: { n: n === 0 ? poison : n },
  }));
  if (members > 1) void start();
  allAccepted(await outcomes, 'the poison and its neighbours');
  const { id } = (await outcomes)[0]!;

  const isOver = async () => ledger.handled(group).has(id) || (await bench.deadIds(group)).has(id);
  await time.until(
    async () => crashes >= mostCrashes || (await isOver()),
    mostCrashes * (timings.leaseMs + timings.promptMs),
    () => `the poison ends handled or dead; it crashed ${crashes} processes`,
  );
  await crashing;
  holds(await isOver(), `the poison ends handled or dead; it crashed ${crashes} processes and goes on`);
  await bench.settled(group, timings.leaseMs + timings.flowAgainMs, of);
  equal(
    [...(await bench.deadIds(group))].filter((dead) => dead !== id),
    [],
    'neighbours of the poison in the dead letters',
  );
  await time.until(
    async () => (await probe.stored(group)).unsettled === 0,
    timings.promptMs,
    async () => `nothing of the group is left unsettled; ${(await probe.stored(group)).unsettled} are`,
  );
  await bench.judge(group, {
    of,
    duplicates: { atMost: crashes * neighbours, because: 'acknowledgements on their way at a crash' },
  });
  over = true;
  for (const process of running.values()) await process.close();
}

async function resetsAndRestarts(bench: Bench): Promise<void> {
  const { time, faults } = bench;
  const flow = await standardFlow(bench, { startFrom: 'latest' });
  for (let reset = 0; reset < 20; reset++) {
    await faults.link().reset();
    await time.pass(500);
  }
  for (let restart = 0; restart < 10; restart++) {
    const index = restart % flow.consumers.length;
    await flow.restart(index);
    await time.pass(1_000);
  }
  await flow.end();
  equal((await bench.probe.stored(flow.group)).dead, 0, 'dead letters after resets and restarts');
  await bench.judge(flow.group, {
    of: ({ place }) => place >= flow.from,
    duplicates: { atMost: 20 * 40, because: 'what was in flight at each of twenty resets' },
  });
}
