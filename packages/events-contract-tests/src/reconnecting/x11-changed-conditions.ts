import type { Bench, RunningConsumer } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import type { Outcome } from '../bench/publishing.ts';
import { standardFlow } from '../bench/standard-flow.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import type { Intent } from '../ledger/entries.ts';
import { between, holds, show } from '../verdict.ts';

export const X11: Clause = {
  id: 'X11',
  title:
    'recovers or ends with a fatal error after deleted topology, revoked credentials or a late broker: never silently idle, backing off with jitter',
  fault: true,
  patienceS: 300,
  async run(bench) {
    await topologyDeleted(bench);
    await credentialsRevoked(bench);
    await brokerStartedLate(bench);
  },
};

/** What the application sees when consuming cannot go on. */
interface Fatal {
  readonly happened: boolean;
}

function fatalErrorOf({ consumer }: RunningConsumer): Fatal {
  const state = { happened: false };
  consumer.ended.catch(() => {
    state.happened = true;
  });
  return state;
}

async function topologyDeleted(bench: Bench): Promise<void> {
  const { faults, time, timings, ledger } = bench;
  const deleteTopology = bench.optional('deleted topology', faults.deleteTopology);
  if (deleteTopology === undefined) return;
  const type = bench.typeIn('deleted');
  const events = testEvents([type]);
  const group = bench.group('deleted');
  const consumer = await bench.consume({ group, events, patterns: [type] });
  const fatal = fatalErrorOf(consumer);
  const publisher = await bench.publisher({ events });
  allAccepted(await publisher.publishMany(10, () => ({ type })), 'publishes before');
  await bench.settled(group, timings.promptMs, (intent) => intent.type === type);

  await deleteTopology(group);
  const deletedAt = ledger.intents.length;
  let last: Outcome | undefined;
  await time.until(
    async () => {
      last = await publisher.publish({ type });
      return fatal.happened || handledSince(bench, group, deletedAt);
    },
    timings.flowAgainMs,
    () =>
      `after its topology was deleted the group consumes again or ends with an error; the last publish was ${last?.fate}: ${show(last?.error)}`,
  );
  const restarted = fatal.happened ? await bench.consume({ group, events, patterns: [type] }) : undefined;
  const parked = await parkedMeanwhile(bench, group, type);
  const of = (intent: Intent) => intent.type === type && !parked.has(intent.id);
  await bench.settled(group, timings.flowAgainMs, of);
  await bench.judge(group, { of, duplicates: { atMost: 10, because: 'what was in flight' } });
  // What comes next counts the attempts to connect of one process.
  for (const one of [consumer, restarted]) await one?.process.close();
}

/** Before the group was bound again nobody was: a broker that parks what has no queue holds it, and nothing is lost. */
async function parkedMeanwhile(bench: Bench, group: string, type: string): Promise<ReadonlySet<string>> {
  const { time, timings, ledger, probe, capabilities } = bench;
  if (capabilities.unrouted !== 'parked') return new Set();
  await time.until(
    async () => (await probe.stored(group)).unsettled === 0,
    timings.flowAgainMs,
    'the group settles what it was sent',
  );
  const handled = ledger.handled(group);
  const left = ledger.withFate('accepted').filter((intent) => intent.type === type && !handled.has(intent.id));
  for (const { id } of left) {
    holds(
      await probe.holds(id, type),
      `${id} was acknowledged while nobody was bound, and is neither handled nor parked`,
    );
  }
  return new Set(left.map(({ id }) => id));
}

async function credentialsRevoked(bench: Bench): Promise<void> {
  const { faults, time, timings } = bench;
  const revoke = bench.optional('revoked credentials', faults.revokeCredentials);
  if (revoke === undefined) return;
  const flow = await standardFlow(bench);
  const fatal = flow.consumers.map(fatalErrorOf);
  const down = async ({ process }: RunningConsumer) =>
    (await time.outside(bench.health(process.broker))).status !== 'up';
  await flow.flowsAgain();

  const restore = await revoke();
  await time.pass(timings.flowAgainMs);
  for (const [index, consumer] of flow.consumers.entries()) {
    holds(
      fatal[index]!.happened || (await down(consumer)),
      `credentials are revoked, and ${consumer.name} says it is up`,
    );
  }
  await restore();
  const restoredAt = bench.ledger.intents.length;
  // Whoever ended with an error is started again by the application; whoever did not comes back by itself.
  const restarted = fatal.every(({ happened }) => happened) ? await bench.consume({ group: flow.group }) : undefined;
  const publisher = await bench.publisher();
  let last: Outcome | undefined;
  await time.until(
    async () => {
      last = await publisher.publish({ key: 'after' });
      return handledSince(bench, flow.group, restoredAt);
    },
    timings.flowAgainMs,
    () =>
      `with valid credentials ${restarted === undefined ? 'the consumers come back' : 'a new consumer consumes'}; the last publish was ${last?.fate}: ${show(last?.error)}`,
  );
  await flow.end();
  await bench.judge(flow.group, {
    of: ({ place }) => place >= flow.from,
    duplicates: { atMost: 20, because: 'two consumers held ten each' },
  });
  for (const one of [...flow.consumers, restarted]) await one?.process.close();
}

const lateMs = 20_000;

async function brokerStartedLate(bench: Bench): Promise<void> {
  const { faults, time, timings, ledger } = bench;
  const type = bench.typeIn('late');
  const events = testEvents([type]);
  const group = bench.group('late');
  await faults.stop();
  const stoppedAt = time.now();
  const process = bench.bareProcess();
  const consumer = process.consumer({ group, events, patterns: [type] });
  let started = false;
  const starting = consumer.start().then(() => {
    started = true;
  });
  const publisher = process.publisher({ events });
  const early = await publisher.publishMany(20, () => ({ type }));
  const settled = early.every(({ fate, tookMs }) => fate !== 'failed' && tookMs <= 3_500);
  holds(
    settled,
    `publishes without a broker settle by their timeout; the first: ${early[0]?.fate}, ${show(early[0]?.error)}`,
  );
  await time.pass(lateMs - (time.now() - stoppedAt));
  holds(!started, 'the consumer says that it has started, and there is no broker');

  const attempts = await attemptsSince(bench, stoppedAt);
  await faults.start();
  const startedAt = ledger.intents.length;
  await time.within(starting, timings.flowAgainMs, 'the consumer starts once the broker is there');
  let last: Outcome | undefined;
  await time.until(
    async () => {
      last = await publisher.publish({ type });
      return handledSince(bench, group, startedAt);
    },
    timings.flowAgainMs,
    () => `events flow once the broker is there; the last publish was ${last?.fate}: ${show(last?.error)}`,
  );
  await bench.settled(group, timings.flowAgainMs, (intent) => intent.type === type);
  await bench.judge(group, { of: (intent) => intent.type === type });
  if (attempts !== undefined) backsOff(attempts.map((at) => at - stoppedAt));
}

/** An event published after that place in the ledger has been handled. */
function handledSince({ ledger }: Bench, group: string, place: number): boolean {
  const handled = ledger.handled(group);
  return ledger.intents.slice(place).some(({ id }) => handled.has(id));
}

async function attemptsSince(bench: Bench, since: number): Promise<readonly number[] | undefined> {
  const read = bench.optional('the times of connection attempts', bench.probe.connectionAttempts);
  return (await read?.())?.filter((at) => at >= since);
}

/** One process, twenty seconds: less often in the second half than in the first, and never in step. */
function backsOff(attempts: readonly number[]): void {
  const half = lateMs / 2;
  const early = attempts.filter((at) => at < half).length;
  const late = attempts.length - early;
  between(attempts.length, 3, 400, 'attempts to connect in 20 s');
  between(late, 1, early, `attempts in the second ten seconds, after ${early} in the first`);
  const gaps = attempts.slice(1).map((at, index) => Math.round(at - attempts[index]!));
  const lateGaps = gaps.slice(Math.floor(gaps.length / 2));
  holds(
    new Set(lateGaps).size > lateGaps.length / 2,
    `pauses between attempts are drawn by chance; they were ${lateGaps.join(', ')} ms`,
  );
}
