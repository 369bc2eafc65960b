import { NonRetryableError } from '@payments/events-core';
import { allAccepted } from '../bench/outcomes.ts';
import { collect } from '../bench/collect.ts';
import type { Clause } from '../clause.ts';
import { equal, holds } from '../verdict.ts';

export const R2: Clause = {
  id: 'R2',
  title: 'runs exactly four attempts of maxAttempts 4 before the dead letter, and one where the error is not retryable',
  async run(bench) {
    const { time, timings, ledger } = bench;
    const group = bench.group();
    await bench.consume({
      group,
      retry: { maxAttempts: 4, initialDelayMs: 50, factor: 1, jitter: 'none' },
      handle({ event }) {
        if (event.data.n === 0) throw new Error('never works');
        if (event.data.n === 1) throw new NonRetryableError('cannot work');
      },
    });
    const publisher = await bench.publisher();
    const outcomes = await publisher.publishMany(3);
    allAccepted(outcomes, '3 publishes');
    const [hopeless, refused] = outcomes as [(typeof outcomes)[0], (typeof outcomes)[0]];
    await bench.settled(group);
    equal(await bench.deadIds(group), new Set([hopeless.id, refused.id]), 'dead letters');
    await time.stays(
      () => ledger.runs.length === 6,
      500,
      () => `the dead are not tried again; there were ${ledger.runs.length} runs of 6`,
    );
    equal(
      ledger.runsOf(group, hopeless.id).map(({ attempt }) => attempt),
      [1, 2, 3, 4],
      'attempts of the event that never works',
    );
    equal(
      ledger.runsOf(group, refused.id).map(({ attempt }) => attempt),
      [1],
      'attempts of the event with a non-retryable error',
    );
    equal((await bench.probe.stored(group)).unsettled, 0, 'unsettled events');

    const operator = (await bench.process()).operator(group);
    const letters = await collect(operator.list());
    equal(
      letters.map(({ event, reason, attempts }) => [event?.id, reason, attempts]).toSorted(),
      [
        [hopeless.id, 'attempts-exhausted', 4],
        [refused.id, 'non-retryable', 1],
      ].toSorted(),
      'dead letters as the operator sees them',
    );
    await bench.judge(group);
    await time.until(
      async () => (await bench.backlog(group)).dead === 2,
      timings.promptMs,
      'the backlog counts both dead letters',
    );
  },
};

export const R3: Clause = {
  id: 'R3',
  title: 'handles 100 other events within the 5 s that one event waits for its retry',
  async run(bench) {
    const { time, timings, ledger } = bench;
    const group = bench.group();
    await bench.consume({
      group,
      retry: { maxAttempts: 2, initialDelayMs: 5_000, factor: 1, jitter: 'none' },
      handle({ event, context }) {
        if (event.data.n === -1 && context.attempt === 1) throw new Error('fails once');
      },
    });
    const publisher = await bench.publisher();
    const waiting = await publisher.publish({ data: { n: -1 } });
    await time.until(() => ledger.runs[0]?.end === 'failed', timings.promptMs, 'the first attempt fails');
    const failedAt = time.now();
    allAccepted(await publisher.publishMany(100), '100 publishes');
    await time.until(
      () => ledger.handled(group).size === 100,
      5_000,
      () => `100 others are handled while one event waits 5 s; ${ledger.handled(group).size} are`,
    );
    holds(!ledger.handled(group).has(waiting.id), 'the waiting event is not among them');
    await bench.settled(group, 5_000 - (time.now() - failedAt) + timings.promptMs);
    await bench.judge(group);
  },
};
