import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import type { Run } from '../ledger/entries.ts';
import { between, equal } from '../verdict.ts';

/** Where the harness says nothing else. */
const usuallyLateMs = 250;

export const R1: Clause = {
  id: 'R1',
  title:
    'retries after 200 and 400 ms as attempts 2 and 3, also when the retry is stored just as the reader begins to wait, 50 times of 50',
  async run(bench) {
    await twoFailures(bench);
    await storedAsTheReaderWaits(bench);
    await waitLongerThanALease(bench);
  },
};

/** Milliseconds from the end of each run to the start of the next. */
function gaps(runs: readonly Run[]): number[] {
  return runs.slice(1).map((run, index) => run.startedAt - (runs[index]!.endedAt ?? Number.NaN));
}

async function twoFailures(bench: Bench): Promise<void> {
  const { retryLateMs: lateAtMostMs = usuallyLateMs } = bench.timings;
  const group = bench.group('twice');
  await bench.consume({
    group,
    retry: { maxAttempts: 5, initialDelayMs: 200, factor: 2, jitter: 'none' },
    handle: ({ context }) => failUpTo(2, context.attempt),
  });
  const publisher = await bench.publisher();
  allAccepted([await publisher.publish()], 'the publish');
  await bench.settled(group);
  const runs = bench.ledger.runsOf(group);
  equal(
    runs.map(({ attempt }) => attempt),
    [1, 2, 3],
    'attempts',
  );
  const [first, second] = gaps(runs);
  between(first ?? NaN, 200, 200 + lateAtMostMs, 'milliseconds before attempt 2');
  between(second ?? NaN, 400, 400 + lateAtMostMs, 'milliseconds before attempt 3');
  await bench.judge(group);
}

/** One event at a time: each failure meets a consumer that has nothing else to do and is just about to wait. */
async function storedAsTheReaderWaits(bench: Bench): Promise<void> {
  const { time, timings, ledger } = bench;
  const { retryLateMs: lateAtMostMs = usuallyLateMs } = timings;
  const type = bench.typeIn('idle');
  const events = testEvents([type]);
  const group = bench.group('idle');
  await bench.consume({
    group,
    events,
    retry: { maxAttempts: 3, initialDelayMs: 100, factor: 1, jitter: 'none' },
    async handle({ context, event }) {
      if (event.data.n % 2 === 1) await time.pass(event.data.n / 10);
      failUpTo(1, context.attempt);
    },
  });
  const publisher = await bench.publisher({ events });
  for (let n = 0; n < 50; n++) {
    const outcome = await publisher.publish({ type, data: { n } });
    allAccepted([outcome], `publish ${n}`);
    await time.until(
      () => ledger.handled(group).has(outcome.id),
      timings.promptMs,
      `event ${n} of 50 is retried and handled`,
    );
    const [gap] = gaps(ledger.runsOf(group, outcome.id));
    between(gap ?? NaN, 100, 100 + lateAtMostMs, `milliseconds before the retry of event ${n} of 50`);
  }
}

/** Leases end and are renewed meanwhile; the retry waits all the same. */
async function waitLongerThanALease(bench: Bench): Promise<void> {
  const { timings } = bench;
  const { retryLateMs: lateAtMostMs = usuallyLateMs } = timings;
  const delayMs = Math.round(2.5 * timings.leaseMs);
  const type = bench.typeIn('long');
  const events = testEvents([type]);
  const group = bench.group('long');
  const retry = { maxAttempts: 2, initialDelayMs: delayMs, factor: 1, jitter: 'none' } as const;
  await bench.consume({ group, events, retry, handle: ({ context }) => failUpTo(1, context.attempt) });
  const publisher = await bench.publisher({ events });
  allAccepted([await publisher.publish({ type })], 'the publish');
  await bench.settled(group, delayMs + timings.promptMs, (intent) => intent.type === type);
  const runs = bench.ledger.runsOf(group);
  equal(
    runs.map(({ attempt }) => attempt),
    [1, 2],
    'attempts over a wait longer than the lease',
  );
  between(
    gaps(runs)[0] ?? NaN,
    delayMs,
    delayMs + lateAtMostMs,
    'milliseconds before a retry that is longer than the lease',
  );
}

function failUpTo(last: number, attempt: number): void {
  if (attempt <= last) throw new Error(`attempt ${attempt} fails on purpose`);
}
