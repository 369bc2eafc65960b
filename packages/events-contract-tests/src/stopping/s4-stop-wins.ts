import { ClosedError, type Consumer } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import { allAccepted } from '../bench/outcomes.ts';
import type { LabProcess } from '../bench/process.ts';
import { testEvents, type TestEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { equal, failsWith, holds } from '../verdict.ts';

export const S4: Clause = {
  id: 'S4',
  title:
    'stops and closes for good, three times at once, before start, during connect and during backoff; publish after close is a ClosedError',
  fault: true,
  patienceS: 240,
  async run(bench) {
    const alone = await connectionsOfOne(bench);
    await beforeStart(bench);
    await whileRunning(bench, alone);
    await duringConnect(bench, alone);
    await duringReconnect(bench, alone);
    await duringRetry(bench);
  },
};

/** Connections of the broker while one publisher is its only client; undefined where nobody can count them. */
async function connectionsOfOne(bench: Bench): Promise<number | undefined> {
  const process = await bench.process();
  await process.publisher().publish();
  const connections = await bench.probe.connections?.();
  await process.close();
  return connections;
}

interface Scene {
  readonly group: string;
  readonly consuming: { readonly group: string; readonly events: TestEvents; readonly patterns: readonly string[] };
  readonly type: string;
}

function sceneOf(bench: Bench, label: string): Scene {
  const type = bench.typeIn(label);
  const group = bench.group(label);
  return { type, group, consuming: { group, events: testEvents([type]), patterns: [type] } };
}

async function beforeStart(bench: Bench): Promise<void> {
  const { consuming } = sceneOf(bench, 'early');
  const process = await bench.process();
  const consumer = process.consumer(consuming);
  await stoppedThrice(bench, consumer);
  await failsWith(ClosedError, () => consumer.start(), 'starting a consumer that was stopped');
  await closedThrice(bench, process);
}

async function whileRunning(bench: Bench, alone: number | undefined): Promise<void> {
  const scene = sceneOf(bench, 'running');
  const process = await bench.process();
  const consumer = process.consumer(scene.consuming);
  await consumer.start();
  const publisher = process.publisher({ events: scene.consuming.events });
  allAccepted([await publisher.publish({ type: scene.type })], 'a publish before the end');
  await stoppedThrice(bench, consumer);
  await consumer.ended;
  await closedThrice(bench, process);
  await Promise.all([publisher.close(), publisher.close(), publisher.close()]);
  const { error } = await publisher.publish({ type: scene.type });
  await failsWith(ClosedError, () => Promise.reject(error), 'a publish after close');
  await failsWith(
    ClosedError,
    () => process.publisher().publisher.publish(bench.type, { n: 1 }),
    'a publish by a publisher made after close',
  );
  await failsWith(ClosedError, () => process.adapter.backlog(scene.group), 'asking a closed adapter for its backlog');
  const late = process.adapter.send(
    { id: 'late', type: scene.type, headers: {}, body: Buffer.from('{}') },
    { signal: new AbortController().signal },
  );
  await failsWith(
    ClosedError,
    () => bench.time.within(late, bench.timings.promptMs, 'a send after close settles'),
    'a send after close',
  );
  await staysDown(bench, scene, alone);
}

/** The broker is away, so the first connect does not come to an end. */
async function duringConnect(bench: Bench, alone: number | undefined): Promise<void> {
  const scene = sceneOf(bench, 'connecting');
  await bench.faults.stop();
  const process = bench.bareProcess();
  const consumer = process.consumer(scene.consuming);
  const starting = consumer.start();
  starting.catch(() => {});
  await bench.time.pass(1_000);
  await stoppedThrice(bench, consumer);
  await failsWith(
    ClosedError,
    () => bench.time.within(starting, bench.timings.promptMs, 'a start that was stopped settles'),
    'start',
  );
  await Promise.all([1, 2, 3].map(() => process.adapter.close({ signal: AbortSignal.timeout(1_000) })));
  await bench.faults.start();
  await staysDown(bench, scene, alone);
}

/** It was connected, the broker went away, and it waits for its next try. */
async function duringReconnect(bench: Bench, alone: number | undefined): Promise<void> {
  const scene = sceneOf(bench, 'reconnecting');
  const process = await bench.process();
  const consumer = process.consumer(scene.consuming);
  await consumer.start();
  await bench.faults.kill();
  await bench.time.pass(3_000);
  await stoppedThrice(bench, consumer);
  await closedThrice(bench, process);
  await bench.faults.start();
  await staysDown(bench, scene, alone);
}

/** A failed event waits in place for its next attempt, a minute away: stopping does not wait for that. */
async function duringRetry(bench: Bench): Promise<void> {
  const scene = sceneOf(bench, 'retrying');
  const process = await bench.process();
  const consumer = process.consumer({
    ...scene.consuming,
    ordering: 'key',
    retry: { initialDelayMs: 60_000, jitter: 'none' },
    handle() {
      throw new Error('later');
    },
  });
  await consumer.start();
  const publisher = await bench.publisher({ events: scene.consuming.events });
  allAccepted([await publisher.publish({ type: scene.type, key: 'key' })], 'one publish');
  const runs = () => bench.ledger.runsOf(scene.group).length;
  await bench.time.until(() => runs() === 1, bench.timings.flowAgainMs, 'the event has failed once');
  await stoppedThrice(bench, consumer);
  await closedThrice(bench, process);
  await bench.consume({ ...scene.consuming, ordering: 'key' });
  await bench.settled(scene.group, bench.timings.flowAgainMs, ({ type }) => type === scene.type);
  equal(runs(), 2, 'attempts by both consumers');
}

async function stoppedThrice(bench: Bench, consumer: Consumer<TestEvents>): Promise<void> {
  const stops = [consumer.stop(), consumer.stop(), consumer.stop()];
  const reports = await bench.time.within(Promise.all(stops), bench.timings.promptMs, 'three stops at once resolve');
  equal(reports, [{ unfinished: [] }, { unfinished: [] }, { unfinished: [] }], 'reports of three stops at once');
}

async function closedThrice(bench: Bench, { broker }: LabProcess): Promise<void> {
  if (!('defaultGroup' in broker)) throw new Error('this process has a bare adapter');
  const closes = [1, 2, 3].map(() => broker.close({ drainTimeoutMs: 1_000 }));
  await bench.time.within(Promise.all(closes), bench.timings.promptMs, 'three closes at once resolve');
}

/** What was stopped takes nothing that is published from now on; a consumer of today does. */
async function staysDown(bench: Bench, { group, type, consuming }: Scene, alone: number | undefined): Promise<void> {
  const before = bench.ledger.runsOf(group).length;
  const sender = await bench.process();
  const publisher = sender.publisher({ events: consuming.events });
  await bench.declare(group, { patterns: consuming.patterns, events: consuming.events });
  allAccepted(await publisher.publishMany(3, () => ({ type })), 'publishes after the end');
  const { leaseMs, flowAgainMs } = bench.timings;
  await bench.time.stays(
    () => bench.ledger.runsOf(group).length === before,
    Math.max(2 * leaseMs, 5_000),
    'a stopped consumer came back to life',
  );
  await bench.time.until(
    async () => (await bench.probe.connections?.()) === alone,
    bench.timings.promptMs,
    async () =>
      `only a publisher is connected, which has ${alone} connections; the broker has ${await bench.probe.connections?.()}`,
  );
  const next = await bench.consume({ ...consuming, group });
  await bench.settled(group, flowAgainMs, (intent) => intent.type === type);
  holds(
    bench.ledger
      .runsOf(group)
      .slice(before)
      .every(({ consumer }) => consumer === next.name),
    'only the new consumer handles events',
  );
  await next.process.close();
  await sender.close();
}
