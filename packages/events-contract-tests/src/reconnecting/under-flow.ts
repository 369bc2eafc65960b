import type { Bench, RunningConsumer } from '../bench/bench.ts';
import { standardFlow, type StandardFlow } from '../bench/standard-flow.ts';
import { equal, fail, some } from '../verdict.ts';

/** Something that breaks under the flow and is whole again when it resolves. */
export interface FlowFault {
  readonly name: string;
  /** The broker is killed: what was acknowledged in its last second may come again. */
  readonly kills?: true;
  run(): Promise<void>;
}

/** Publishes of the flow wait at most this long. */
const publishTimeoutMs = 3_000;
const handlerMs = 20;
const concurrency = 5;
const heldAtMost = 10;

/**
 * What every reconnecting clause asks for: the standard flow, its two consumers in two groups, one of each ordering; the
 * faults one after another. Passed when nothing is lost, phantom, corrupt or dead, the flow is back in time after each
 * fault, every publish has settled, and what came twice is what was in flight.
 */
export async function underStandardFlow(bench: Bench, faults: readonly FlowFault[]): Promise<void> {
  const { time, ledger, timings, capabilities } = bench;
  const ordered = bench.group('ordered');
  // Both groups exist before the first event is published, so all are meant for both.
  await bench.declare(ordered, { ordering: 'key' });
  const flow = await standardFlow(bench, { concurrency, handle: () => time.pass(handlerMs) });
  const members: RunningConsumer[] = [];
  for (const { process, name } of flow.consumers) {
    const consumer = process.consumer({
      group: ordered,
      ordering: 'key',
      concurrency,
      maxInFlight: heldAtMost,
      handle: () => time.pass(handlerMs),
    });
    await consumer.start();
    members.push({ name, process, consumer });
  }
  const groups = [
    { group: flow.group, heldPerFault: flow.consumers.length * concurrency },
    { group: ordered, heldPerFault: capabilities.keyOrder === 'partitions' ? members.length * heldAtMost : heldAtMost },
  ].map((one) => ({ ...one, allowed: 0 }));
  await flowsAgain(bench, flow, ordered, 'before the first fault');

  for (const { name, kills, run } of faults) {
    const brokeAt = time.now();
    for (const one of groups) {
      const lastSecond = ledger
        .runsOf(one.group)
        .filter(({ end, endedAt = 0 }) => end === 'ok' && endedAt >= brokeAt - 1_000);
      one.allowed += one.heldPerFault + (kills === true ? lastSecond.length : 0);
    }
    await run();
    await flowsAgain(bench, flow, ordered, `after ${name}`);
    // Without suppression a publish that was tried twice is stored twice.
    const tried = ledger.intents.filter(({ at }) => at >= brokeAt - publishTimeoutMs).length;
    if (capabilities.deduplicationWindowMs === 0) for (const one of groups) one.allowed += tried;
  }

  await flow.end();
  await bench.settled(ordered, timings.flowAgainMs);
  const unsettled = ledger.intents.filter(({ id }) => ledger.fateOf(id) === 'open');
  equal(unsettled.length, 0, 'publishes that have not settled');
  const odd = flow.outcomes.find(({ fate }) => fate === 'failed');
  if (odd !== undefined) fail(`a publish ended neither accepted, rejected nor unknown: ${String(odd.error)}`);
  for (const { group, allowed } of groups) {
    const dead = [...(await bench.deadIds(group))];
    if (dead.length > 0)
      fail(`no handler fails under the flow, and group ${group} has dead letters: ${some(dead, 'letter')}`);
    await bench.judge(group, {
      duplicates: { atMost: allowed, because: `${faults.length} faults, each with what was in flight` },
    });
  }
}

/** An event published from now on is acknowledged, and handled by both groups. */
async function flowsAgain(bench: Bench, flow: StandardFlow, ordered: string, when: string): Promise<void> {
  const { ledger, time, timings } = bench;
  const from = ledger.intents.length;
  await flow.flowsAgain();
  const handled = ledger.handled(ordered);
  await time.until(
    () => ledger.intents.slice(from).some(({ id }) => handled.has(id) || ledger.handled(ordered).has(id)),
    timings.flowAgainMs,
    `${when} a new event is handled in the ordered group`,
  );
}
