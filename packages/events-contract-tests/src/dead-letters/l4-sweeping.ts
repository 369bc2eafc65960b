import { DeadLetterStoreBusyError, NonRetryableError } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import type { LabProcess } from '../bench/process.ts';
import { collect } from '../bench/collect.ts';
import type { Clause } from '../clause.ts';
import { between, equal, fail, holds } from '../verdict.ts';

const count = 30;

export const L4: Clause = {
  id: 'L4',
  title:
    'sweeps in order of death, without effect however often, never a part as the whole; redrives by filter, limit and dry run and survives a kill',
  fault: true,
  patienceS: 300,
  async run(bench) {
    const group = bench.group();
    const desk = await bench.process('desk');
    const dead = await fillDeadLetters(bench, group);
    await sweepsHaveNoEffect(bench, desk, group, dead);
    await neverAPartAsTheWhole(bench, desk, group, dead);
    await discardsByIdOnly(bench, desk, group, dead);
    await redrivesWhatIsAsked(bench, desk, group, dead.slice(1));
    await survivesAKill(bench, group);
  },
};

/** One after another, so that the order of death is the order of publishing. */
async function fillDeadLetters(bench: Bench, group: string): Promise<readonly string[]> {
  const { process } = await bench.consume({
    group,
    concurrency: 1,
    handle() {
      throw new NonRetryableError('cannot work yet');
    },
  });
  const publisher = await bench.publisher();
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const outcome = await publisher.publish({ data: { n } });
    allAccepted([outcome], `publish ${n}`);
    ids.push(outcome.id);
    await bench.settled(group);
  }
  await process.close();
  return ids;
}

async function listed(desk: LabProcess, group: string, limit?: number): Promise<readonly string[]> {
  const operator = desk.operator(group);
  const letters = await collect(operator.list(limit === undefined ? {} : { limit }));
  await operator.close();
  return letters.map(({ message, id }) => message.id ?? `letter ${id}`);
}

async function sweepsHaveNoEffect(
  bench: Bench,
  desk: LabProcess,
  group: string,
  dead: readonly string[],
): Promise<void> {
  equal(await listed(desk, group), dead, 'letters in order of death');
  equal(await listed(desk, group, 7), dead.slice(0, 7), 'letters of a sweep that stopped at the seventh');
  for (let sweep = 1; sweep <= 100; sweep++) {
    const seen = await listed(desk, group);
    if (seen.length !== dead.length)
      fail(`sweep ${sweep} of 100 that keep everything saw ${seen.length} letters of ${dead.length}`);
    equal(seen, dead, `the order of letters in sweep ${sweep} of 100`);
  }
  equal((await bench.probe.stored(group)).dead, dead.length, 'dead letters after 100 sweeps');
}

/** Two at once see everything each, or are told that somebody else is looking. */
async function neverAPartAsTheWhole(
  bench: Bench,
  desk: LabProcess,
  group: string,
  dead: readonly string[],
): Promise<void> {
  const other = await bench.process('other desk');
  for (let round = 0; round < 10; round++) {
    const both = await Promise.allSettled([listed(desk, group), listed(other, group)]);
    for (const one of both) {
      if (one.status === 'fulfilled') equal(one.value, dead, 'letters seen by one of two sweeps at once');
      else if (!DeadLetterStoreBusyError.isInstance(one.reason)) throw one.reason;
    }
    holds(
      both.some(({ status }) => status === 'fulfilled'),
      'one of two sweeps at once is carried out',
    );
  }
  equal(await listed(other, group), dead, 'letters after sweeps at once');
  await other.close();
}

async function discardsByIdOnly(bench: Bench, desk: LabProcess, group: string, dead: readonly string[]): Promise<void> {
  const operator = desk.operator(group);
  const [first] = await collect(operator.list({ limit: 1 }));
  equal(await operator.discard({ ids: [] }), { discarded: 0, missing: [] }, 'a discard of nothing');
  equal(
    await operator.discard({ ids: [first!.id, 'no-such-letter'] }),
    { discarded: 1, missing: ['no-such-letter'] },
    'a discard of one letter and one that is not there',
  );
  equal(await listed(desk, group), dead.slice(1), 'letters after one was discarded');
  equal((await bench.probe.stored(group)).dead, dead.length - 1, 'dead letters after one was discarded');
}

async function redrivesWhatIsAsked(
  bench: Bench,
  desk: LabProcess,
  group: string,
  dead: readonly string[],
): Promise<void> {
  const { ledger, time, timings } = bench;
  const operator = desk.operator(group);
  const even = {
    filter: ({ event }: { readonly event: { readonly data: { readonly n: number } } | undefined }) =>
      event!.data.n % 2 === 0,
  };
  const dry = await operator.redrive({ ...even, dryRun: true });
  const evenIds = dead.filter((_, index) => (index + 1) % 2 === 0);
  equal([dry.redriven, dry.visited], [evenIds.length, dead.length], 'what a dry run counts');
  equal(await listed(desk, group), dead, 'letters after a dry run');

  const { process } = await bench.consume({ group });
  const limited = await operator.redrive({ ...even, limit: 5 });
  equal(limited.redriven, 5, 'letters redriven with limit 5');
  const wanted = evenIds.slice(0, 5);
  const missing = () => wanted.filter((id) => !ledger.handled(group).has(id));
  await time.until(
    () => missing().length === 0,
    timings.promptMs,
    () => `five redriven events are handled; ${missing().length} are not`,
  );
  equal(
    await listed(desk, group),
    dead.filter((id) => !wanted.includes(id)),
    'letters after five were redriven',
  );
  for (const id of wanted) equal(ledger.runsOf(group, id).at(-1)?.redrives, 1, `redrives of ${id}`);
  await process.close();
}

/** The operator's process dies half way: what is left is still there, what was under way may be there twice. */
async function survivesAKill(bench: Bench, group: string): Promise<void> {
  const { ledger, time, timings } = bench;
  const before = await bench.deadIds(group);
  const { process } = await bench.consume({ group });
  const doomed = await bench.process('doomed desk');
  let killed: Promise<void> | undefined;
  void doomed
    .operator(group)
    .redrive({
      perSecond: 20,
      onProgress({ redriven }) {
        if (redriven === 10) killed ??= doomed.kill();
      },
    })
    .catch(() => {});
  await time.until(() => killed !== undefined, timings.promptMs, 'ten letters are redriven before the kill');
  await killed;

  const desk = await bench.process('next desk');
  let left = Number.POSITIVE_INFINITY;
  await time.until(
    async () => {
      const result = await desk.operator(group).redrive().catch(busy);
      if (result === undefined) return false;
      left = result.redriven;
      return true;
    },
    timings.leaseMs + timings.flowAgainMs,
    'the letters of a killed operator can be redriven by another',
  );
  between(left, before.size - 10, before.size, 'letters left by an operator killed at the tenth');
  const missing = () => [...before].filter((id) => !ledger.handled(group).has(id));
  await time.until(
    () => missing().length === 0,
    timings.promptMs,
    () => `every letter is handled after all; ${missing().length} are lost`,
  );
  equal((await bench.probe.stored(group)).dead, 0, 'dead letters left');
  const doubled = [...before].filter((id) => ledger.runsOf(group, id).filter(({ end }) => end === 'ok').length > 1);
  // Verdicts may be on their way: stored again, and not yet removed. At twenty a second, those of the last quarter.
  between(doubled.length, 0, 5, 'letters doubled by the kill');
  await process.close();
}

function busy(error: unknown): undefined {
  if (!DeadLetterStoreBusyError.isInstance(error)) throw error;
}
