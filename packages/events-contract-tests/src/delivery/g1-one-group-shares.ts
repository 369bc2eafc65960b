import type { Bench, RunningConsumer } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import type { Intent } from '../ledger/entries.ts';
import { equal, holds } from '../verdict.ts';

const count = 2_000;
const members = 5;

export const G1: Clause = {
  id: 'G1',
  title: 'handles each of 2,000 events once in a group of five, every consumer with a share; in ordered mode by owner',
  async run(bench) {
    await competing(bench);
    await ordered(bench);
  },
};

async function competing(bench: Bench): Promise<void> {
  const group = bench.group('competing');
  const consumers = await startMembers(bench, { group, handle: () => bench.time.pass(2) });
  await publishAndJudge(bench, group);
  const shares = consumers.map(
    ({ name }) => bench.ledger.runsOf(group).filter(({ consumer }) => consumer === name).length,
  );
  holds(
    shares.every((share) => share > 0),
    `every consumer gets a share of ${count}; they got ${shares.join(', ')}`,
  );
  await stopAll(consumers);
}

async function ordered(bench: Bench): Promise<void> {
  const group = bench.group('ordered');
  const consumers = await startMembers(bench, { group, ordering: 'key', startFrom: 'latest' });
  await publishAndJudge(bench, group, bench.ledger.intents.length);
  const runs = bench.ledger.runsOf(group);
  const owners = new Set(runs.map(({ consumer }) => consumer));
  // All events are of one topic: one owner has it, except where partitions are owned.
  if (bench.capabilities.keyOrder !== 'partitions') equal(owners.size, 1, 'consumers that handled events of one topic');
  const ownersOfKey = Map.groupBy(runs, ({ key }) => key);
  for (const [key, ofKey] of ownersOfKey) {
    equal(new Set(ofKey.map(({ consumer }) => consumer)).size, 1, `consumers that handled events of key ${key}`);
  }
  await stopAll(consumers);
}

function startMembers(bench: Bench, options: Parameters<Bench['consume']>[0]): Promise<RunningConsumer[]> {
  return Promise.all(Array.from({ length: members }, () => bench.consume(options)));
}

async function publishAndJudge(bench: Bench, group: string, from = 0): Promise<void> {
  const publisher = await bench.publisher();
  allAccepted(await publisher.publishMany(count, (n) => ({ key: `key-${n % 50}` })), `${count} publishes`);
  const of = (intent: Intent) => intent.place >= from;
  await bench.settled(group, 2 * bench.timings.promptMs, of);
  await bench.judge(group, { of });
}

async function stopAll(consumers: readonly RunningConsumer[]): Promise<void> {
  await Promise.all(consumers.map(({ consumer }) => consumer.stop()));
}
