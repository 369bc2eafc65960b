import { PublishRejectedError } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import type { Outcome } from '../bench/publishing.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import type { Refusal } from '../faults.ts';
import type { Intent } from '../ledger/entries.ts';
import { between, equal, fail, holds, show } from '../verdict.ts';

const publishTimeoutMs = 1_000;

export const P4: Clause = {
  id: 'P4',
  title:
    'rejects by the publish timeout what a full or refusing broker refuses, naming the cause, and never after an unknown try',
  fault: true,
  async run(bench) {
    const { refusals } = bench.faults;
    holds(refusals.length > 0, 'the harness has at least one way in which its broker refuses');
    for (const [index, refusal] of refusals.entries()) await refused(bench, refusal, bench.typeIn(`refusal${index}`));
    for (const refusal of refusals) await neverRejectedAfterUnknown(bench, refusal);
  },
};

/** Each on a topic of its own, so that no other group still waits for what fills this one. */
async function refused(bench: Bench, refusal: Refusal, type: string): Promise<void> {
  const group = bench.group(refusal.name.replaceAll(/[^a-z]/g, '-'));
  const events = testEvents([type]);
  await bench.declare(group, { events });
  const publisher = await bench.publisher({ publishTimeoutMs, events });
  const before = await publisher.publishMany(3, () => ({ type }));
  await refusal.impose(group);
  // A limit may have room for some: what counts is what becomes of the others.
  const during: Outcome[] = [];
  for (let round = 0; round < 100 && during.every(({ fate }) => fate === 'accepted'); round += 1) {
    during.push(...(await publisher.publishMany(20, () => ({ type }))));
  }
  const refusals = during.filter(({ fate }) => fate !== 'accepted');
  holds(refusals.length > 0, `${refusal.name}: nothing was refused in ${during.length} publishes`);
  for (const outcome of refusals) typed(refusal, outcome);

  const accepted = [...before, ...during].filter(({ fate }) => fate === 'accepted').length;
  const { unsettled } = await bench.probe.stored(group);
  if (refusal.outcome === 'unknown')
    between(unsettled, accepted, before.length + during.length, `${refusal.name}: events stored`);
  else equal(unsettled, accepted, `${refusal.name}: events stored, of ${accepted} acknowledged`);

  // While nothing more is taken in, acknowledging goes on; what needs room, as a retry may, waits and lands afterwards.
  const { consumer } = await bench.consume({
    group,
    events,
    retry: { maxAttempts: 2, initialDelayMs: 200, jitter: 'none' },
    handle({ run, context }) {
      if (run.id === before[0]!.id && context.attempt === 1) throw new Error('to be retried');
    },
  });
  await bench.time.until(
    async () => (await bench.probe.stored(group)).unsettled <= 1,
    bench.timings.flowAgainMs,
    async () =>
      `${refusal.name}: all but the retry is acknowledged; unsettled are ${(await bench.probe.stored(group)).unsettled}`,
  );
  await refusal.relieve();
  let last: Outcome | undefined;
  await bench.time.until(
    async () => (last = await publisher.publish({ type })).fate === 'accepted',
    bench.timings.flowAgainMs,
    () => `after ${refusal.name} the next valid publish works; it ended ${show(last?.error)}`,
  );
  const of = (intent: Intent) => intent.type === type;
  await bench.settled(group, bench.timings.flowAgainMs, of);
  await consumer.stop();
  await bench.judge(group, { of });
}

function typed(refusal: Refusal, outcome: Outcome): void {
  const { fate, error, tookMs } = outcome;
  between(tookMs, 0, publishTimeoutMs * 1.1 + 50, `${refusal.name}: milliseconds until a publish settled`);
  if (refusal.outcome === 'unknown') {
    if (fate === 'unknown') return;
    fail(`${refusal.name}: a publish nobody answered is unknown, but it was ${fate}: ${show(error)}`);
  }
  if (!PublishRejectedError.isInstance(error))
    fail(`${refusal.name}: expected a PublishRejectedError, got ${show(error)}`);
  equal(error.reason, refusal.outcome, `${refusal.name}: the reason`);
}

/** The first try is stored and its answer lost, the next ones are refused: nobody may say "rejected" then. */
async function neverRejectedAfterUnknown(bench: Bench, refusal: Refusal): Promise<void> {
  const lose = bench.optional('losing single replies', bench.faults.loseSendReplies);
  if (lose === undefined) return;
  const group = bench.group('unknown');
  await bench.declare(group);
  const process = await bench.process();
  const publisher = process.publisher({ publishTimeoutMs });
  await publisher.publish();
  const before = (await bench.probe.stored(group)).unsettled;
  await lose(process.adapter, 1);
  const publishing = publisher.publish();
  await bench.time.until(
    async () => (await bench.probe.stored(group)).unsettled === before + 1,
    bench.timings.promptMs,
    'the event whose answer is lost is stored',
  );
  await refusal.impose(group);
  const { fate, error } = await publishing;
  holds(
    fate === 'unknown' || fate === 'accepted',
    `${refusal.name}: no publish is rejected once a try was unknown; this one is stored, and it ended ${show(error)}`,
  );
  await refusal.relieve();
}
