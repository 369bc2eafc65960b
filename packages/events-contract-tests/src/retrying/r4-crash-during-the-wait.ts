import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { between, holds } from '../verdict.ts';

const retry = { maxAttempts: 6, initialDelayMs: 500, factor: 4, jitter: 'none' } as const;
const leastAgainMs = 10_000;
/** A broker that takes longer to come back, and to let a killed member go, is given what it says. */
const againWithinMs = ({ timings }: Bench) => Math.max(leastAgainMs, timings.flowAgainMs);

export const R4: Clause = {
  id: 'R4',
  title:
    'still retries within 10 s when consumer and broker are killed during the wait, the attempt not more than one lower; in ordered mode handled or dead, in order',
  fault: true,
  async run(bench) {
    await unordered(bench);
    await ordered(bench);
  },
};

async function unordered(bench: Bench): Promise<void> {
  const { time, timings, ledger } = bench;
  const group = bench.group('none');
  const failing = await bench.consume({
    group,
    retry,
    handle() {
      throw new Error('fails until it is killed');
    },
  });
  const publisher = await bench.publisher();
  allAccepted([await publisher.publish()], 'the publish');
  const failed = () => ledger.runsOf(group).filter(({ end }) => end === 'failed').length;
  await time.until(
    () => failed() === 2,
    timings.promptMs,
    () => `two attempts fail; ${failed()} have`,
  );
  // A real broker needs a moment to store the second retry; a kill before that costs the one attempt that is allowed.
  await crash(bench, failing.process);

  const from = ledger.runsOf(group).length;
  await bench.consume({ group, retry });
  await time.until(
    () => ledger.handled(group).size === 1,
    againWithinMs(bench),
    'the event is retried after consumer and broker were killed',
  );
  between(ledger.runsOf(group)[from]!.attempt, 2, 3, 'the attempt after two failures and a crash');
  await bench.judge(
    group,
    bench.capabilities.deduplicationWindowMs > 0
      ? {}
      : { duplicates: { atMost: 1, because: 'the retry was stored, and its original not yet taken away at the kill' } },
  );
}

async function ordered(bench: Bench): Promise<void> {
  const { time, timings, ledger } = bench;
  const group = bench.group('key');
  const from = ledger.intents.length;
  const of = ({ place }: { readonly place: number }) => place >= from;
  const failing = await bench.consume({
    group,
    ordering: 'key',
    startFrom: 'latest',
    retry,
    handle({ event }) {
      if (event.data.n === 2) throw new Error('fails until it is killed');
    },
  });
  const publisher = await bench.publisher();
  allAccepted(await publisher.publishMany(6, () => ({ key: 'one' })), '6 publishes');
  const failed = () => ledger.runsOf(group).filter(({ end }) => end === 'failed').length;
  await time.until(
    () => failed() === 2,
    timings.promptMs,
    () => `two attempts of the third event fail; ${failed()} have`,
  );
  await crash(bench, failing.process);

  await bench.consume({ group, ordering: 'key', startFrom: 'latest', retry });
  await bench.settled(group, againWithinMs(bench), of);
  await bench.judge(group, {
    of,
    inOrder: true,
    duplicates: { atMost: 2, because: 'what was handled and not yet acknowledged at the kill' },
  });
  holds(ledger.handled(group).size === 6, 'all six are handled');
}

async function crash(bench: Bench, process: { kill(): Promise<void> }): Promise<void> {
  await process.kill();
  await bench.faults.kill();
  await bench.faults.start();
}
