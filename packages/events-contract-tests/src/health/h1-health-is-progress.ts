import type { HealthReport } from '@payments/events-core';
import type { Bench } from '../bench/bench.ts';
import type { LabProcess } from '../bench/process.ts';
import { standardFlow } from '../bench/standard-flow.ts';
import type { Clause } from '../clause.ts';
import { between, equal, fail, holds } from '../verdict.ts';

const noticedWithinMs = 10_000;
const answersWithinMs = 2_000;
const silentMs = 15_000;
const askEachMs = 500;

export const H1: Clause = {
  id: 'H1',
  title:
    'is down within 10 s of silence and up within 10 s of healing, never up while nothing can flow, and answers within 2 s',
  fault: true,
  patienceS: 300,
  async run(bench) {
    const link = bench.faults.link();
    await throughFault(
      bench,
      'silent links',
      () => link.silence('both'),
      () => link.heal(),
    );
    await throughFault(
      bench,
      'a paused broker',
      () => bench.faults.pause(),
      () => bench.faults.unpause(),
    );
    await throughFault(
      bench,
      'no broker',
      () => bench.faults.stop(),
      () => bench.faults.start(),
    );
  },
};

async function throughFault(
  bench: Bench,
  fault: string,
  begin: () => Promise<void>,
  end: () => Promise<void>,
): Promise<void> {
  const { time, timings } = bench;
  const flow = await standardFlow(bench);
  await flow.flowsAgain();
  const observed = [flow.consumers[0]!.process, await bench.process()];
  const reports = () => Promise.all(observed.map((process) => answered(bench, process, fault)));

  /** Asks twice a second, as a probe does, until all answer so. */
  async function becomes(expected: HealthReport['status'], when: string): Promise<void> {
    const deadline = time.now() + noticedWithinMs;
    for (;;) {
      const seen = await reports();
      if (seen.every(({ status }) => status === expected)) return;
      if (time.now() >= deadline) {
        const said = seen.map(({ status, problems }) => [status, ...problems.map(({ message }) => message)].join(': '));
        fail(`${when}: health is ${expected} within 10 s; it is ${said.join(' and ')}`);
      }
      await time.pass(askEachMs);
    }
  }
  await becomes('up', 'events flow');

  await begin();
  const brokeAt = time.now();
  await becomes('down', fault);
  while (time.now() < brokeAt + silentMs) {
    for (const { status, problems } of await reports()) {
      equal(status, 'down', `${fault}: health while nothing can flow`);
      holds(problems.length > 0, `${fault}: a health that is down names its problems`);
    }
    await time.pass(askEachMs);
  }

  await end();
  await becomes('up', `${fault} is over`);
  // It said that it is up, so events flow.
  await flow.flowsAgain(timings.flowAgainMs);
  for (const { problems, lastProgressAt } of await reports()) {
    equal(problems, [], 'problems of a health that is up');
    between(
      lastProgressAt?.getTime() ?? 0,
      time.now() - 10_000,
      time.now() + 1_000,
      'time of the last proof of progress',
    );
  }
  await flow.end();
  for (const { process } of flow.consumers) await process.close();
}

/** Asked as a readiness probe asks, on the machine's own time. */
async function answered(bench: Bench, { broker }: LabProcess, fault: string): Promise<HealthReport> {
  const startedAt = performance.now();
  const report = await bench.time.outside(bench.health(broker));
  between(performance.now() - startedAt, 0, answersWithinMs + 100, `${fault}: milliseconds until health answered`);
  return report;
}
