import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { startProgram } from '../bench/program.ts';
import { testEvents, type TestEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { between, equal } from '../verdict.ts';

const count = 5_000;
const maxInFlight = 10;

export const B2: Clause = {
  id: 'B2',
  title:
    'holds at most maxInFlight of 5,000 queued events behind a stalled handler, over 1 topic and over 64, with flat memory; another consumer takes the rest',
  patienceS: 300,
  async run(bench) {
    await stalled(bench, 'one-topic', [bench.typeIn('alone')]);
    await stalled(
      bench,
      'many-topics',
      Array.from({ length: 64 }, (_, n) => bench.typeIn(`many${n}`)),
    );
    await bench.time.outside(memoryStaysFlat(bench));
  },
};

/** Whatever the stalled client holds, no other consumer can have: what is left over when the other is done was held. */
async function stalled(bench: Bench, label: string, types: readonly string[]): Promise<void> {
  const { time, timings, ledger, capabilities } = bench;
  const events: TestEvents = testEvents(types);
  const group = bench.group(label);
  await bench.declare(group, { patterns: types, events });
  const publisher = await bench.publisher({ events, publishTimeoutMs: 60_000 });
  allAccepted(
    await publisher.publishMany(count, (n) => ({ type: types[n % types.length]!, data: { n } })),
    `${count} publishes`,
  );

  const consuming = { group, events, patterns: types, concurrency: maxInFlight, handlerTimeoutMs: 600_000 };
  const { promise: unblocked, resolve: unblock } = Promise.withResolvers<void>();
  const first = await bench.consume({ ...consuming, name: `${label}-stalled`, handle: () => unblocked });
  const started = () => ledger.runsOf(group).filter(({ consumer }) => consumer === first.name).length;
  await time.until(
    () => started() === maxInFlight,
    timings.promptMs,
    () => `${label}: the stalled consumer runs ${maxInFlight} handlers; ${started()}`,
  );
  await time.pass(timings.leaseMs);
  equal(started(), maxInFlight, `${label}: handlers the stalled consumer has started`);

  await bench.consume({ ...consuming, name: `${label}-free` });
  const free = () => ledger.handled(group).size;
  // Kafka's unit is the partition: the other consumer has all of those it was given, which is about half.
  const least = capabilities.sharing === 'message' ? count - maxInFlight : count / 5;
  await time.until(
    () => free() >= least,
    timings.flowAgainMs + 60_000,
    () => `${label}: the other consumer takes at least ${least} of ${count}; it has ${free()}`,
  );
  await time.pass(timings.leaseMs);
  if (capabilities.sharing === 'message')
    between(count - free(), 0, maxInFlight, `${label}: events the stalled client holds`);
  unblock();
  await bench.settled(group, timings.flowAgainMs + 60_000, ({ type }) => types.includes(type));
  await bench.judge(group, { of: ({ type }) => types.includes(type) });
}

/** In a process of its own, where nothing else moves the heap: 5,000 events of 4 KiB weigh 20 MB. */
async function memoryStaysFlat(bench: Bench): Promise<void> {
  const program = startProgram(new URL('./b2-stalled-program', import.meta.url), {
    access: bench.program,
    given: { type: bench.typeIn('weight'), group: bench.group('weight'), count, maxInFlight },
    flags: ['--expose-gc'],
  });
  try {
    await program.until((lines) => lines.some(({ say }) => say === 'weighed'), 60_000, 'it has weighed its memory');
    const weighed = program.lines.find(({ say }) => say === 'weighed');
    equal(weighed?.['running'], maxInFlight, 'handlers running in the weighed process');
    between(Number(weighed?.['grownBytes']), -Infinity, 5_000_000, 'bytes a stalled consumer adds to its process');
  } finally {
    program.kill();
  }
}
