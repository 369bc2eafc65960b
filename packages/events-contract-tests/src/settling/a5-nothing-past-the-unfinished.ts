import type { Bench, RunningConsumer } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';

const count = 30;

export const A5: Clause = {
  id: 'A5',
  title:
    'commits nothing past an unfinished event of one log, whether its process, its connection or its drain is cut short',
  fault: true,
  async run(bench) {
    await unfinishedComesBack(bench, 'killed', ({ process }) => process.kill());
    await unfinishedComesBack(bench, 'cut', async () => bench.faults.killConnections());
    await unfinishedComesBack(
      bench,
      'stopped',
      async ({ consumer }) => void (await consumer.stop({ drainTimeoutMs: 500 })),
    );
  },
};

/** The first of many events of one key stays unfinished while all others are handled and acknowledged. */
async function unfinishedComesBack(
  bench: Bench,
  how: string,
  end: (member: RunningConsumer) => Promise<void>,
): Promise<void> {
  const { time, timings, ledger } = bench;
  const group = bench.group(how);
  const from = ledger.intents.length;
  const of = ({ place }: { readonly place: number }) => place >= from;
  const { promise: unblocked, resolve: unblock } = Promise.withResolvers<void>();
  let holding = true;
  const handle = ({ run }: { readonly run: { readonly id: string } }) =>
    holding && run.id === ledger.intents[from]?.id ? unblocked : undefined;
  const member = await bench.consume({ group, concurrency: 10, startFrom: 'latest', handle });
  const publisher = await bench.publisher();
  allAccepted(await publisher.publishMany(count, () => ({ key: 'one' })), `${count} publishes`);
  await time.until(
    () => ledger.handled(group).size === count - 1,
    timings.promptMs,
    () => `all but the unfinished event are handled; ${ledger.handled(group).size} of ${count} are`,
  );
  holding = false;
  await end(member);
  // Where the right to settle outlives the connection, it is this handler's word that counts.
  if (how === 'cut') unblock();
  else await bench.consume({ group, startFrom: 'latest' });
  await bench.settled(group, timings.leaseMs + timings.flowAgainMs, of);
  await bench.judge(group, {
    of,
    duplicates: { atMost: count, because: `a log is read again from its unfinished event when its consumer is ${how}` },
  });
  if (how === 'cut') await member.process.close();
}
