import { NonRetryableError } from '@payments/events-core';
import { allAccepted } from '../bench/outcomes.ts';
import type { Outcome } from '../bench/publishing.ts';
import type { Clause } from '../clause.ts';
import { between, equal, holds } from '../verdict.ts';

const failing = 'failing';
const dying = 'dying';
const others = Array.from({ length: 20 }, (_, index) => `other-${index}`);
const lateAtMostMs = 2_000;

export const O2: Clause = {
  id: 'O2',
  title:
    'makes event 6 wait for event 5 of its key, which fails twice, and other keys by at most 2 s; a key goes on after a dead letter',
  async run(bench) {
    const { time, ledger } = bench;
    const group = bench.group();
    await bench.consume({
      group,
      ordering: 'key',
      retry: { maxAttempts: 5, initialDelayMs: 1_500, factor: 2, jitter: 'none' },
      handle({ event, run }) {
        if (event.key === failing && event.data.n === 5 && run.attempt <= 2) throw new Error('not yet');
        if (event.key === dying && event.data.n === 5) throw new NonRetryableError('never');
      },
    });
    const publisher = await bench.publisher();
    const published = new Map<string, Outcome[]>();
    for (let n = 1; n <= 10; n += 1) {
      for (const key of [failing, dying, ...others]) {
        published.set(key, [...(published.get(key) ?? []), await publisher.publish({ key, data: { n } })]);
      }
      await time.pass(100);
    }
    const outcomes = [...published.values()].flat();
    allAccepted(outcomes, 'publishes of ten events for each key');
    await bench.settled(group, 30_000);
    await bench.judge(group, { inOrder: true });

    const [fifth, sixth] = (published.get(failing) ?? []).slice(4).map(({ id }) => ledger.runsOf(group, id));
    equal(
      fifth?.map(({ attempt }) => attempt),
      [1, 2, 3],
      'attempts of event 5',
    );
    equal(
      sixth?.map(({ attempt }) => attempt),
      [1],
      'attempts of event 6',
    );
    holds(sixth![0]!.startedAt >= fifth![2]!.endedAt!, 'event 6 began before event 5 had ended');
    const dead = published.get(dying)?.[4]?.id;
    equal([...(await bench.deadIds(group))], [dead], 'dead letters');
    // One and a half seconds, then three: whoever had waited for event 5 would be late by more than the limit.
    for (const { key, id, at } of ledger.intents) {
      const [run] = ledger.runsOf(group, id);
      if (key !== failing && run !== undefined)
        between(run.startedAt - at, 0, lateAtMostMs, `milliseconds event ${id} of ${key} was late`);
    }
  },
};
