import { BrokerUnavailableError, type Backlog } from '@payments/events-core';
import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { between, failsWith, holds } from '../verdict.ts';

const count = 1_000;
const handledFirst = 400;
const left = count - handledFirst;
const concurrency = 10;
const reportedWithinMs = 5_000;

export const H2: Clause = {
  id: 'H2',
  title:
    'reports a backlog of 600 of 1,000 as that within 5 s, or as a bound that says which, and as an error when the broker is away',
  fault: true,
  async run(bench) {
    const { time, timings, ledger, faults } = bench;
    const group = bench.group();
    await bench.declare(group);
    const publisher = await bench.publisher();
    allAccepted(await publisher.publishMany(count), `${count} publishes`);
    let handled = 0;
    const { promise: unblocked, resolve: unblock } = Promise.withResolvers<void>();
    const { process } = await bench.consume({
      group,
      concurrency,
      async handle() {
        if (handled < handledFirst) handled += 1;
        else await unblocked;
      },
    });
    await time.until(
      () => ledger.handled(group).size === handledFirst && ledger.runsOf(group).length === handledFirst + concurrency,
      timings.flowAgainMs,
      () =>
        `${handledFirst} are handled and ${concurrency} run; ${ledger.handled(group).size} of ${ledger.runsOf(group).length}`,
    );
    const observer = await bench.process();
    for (const one of [process, observer]) {
      if (!('defaultGroup' in one.broker)) throw new Error('this process has a bare adapter');
      const { broker } = one;
      let last: Backlog | undefined;
      await time.until(
        async () => isRight((last = await time.outside(broker.backlog(group)))),
        reportedWithinMs,
        () => `a backlog of ${left}, give or take ${concurrency} in flight; ${JSON.stringify(last)}`,
      );
      holds(last!.exact || last!.bound !== undefined, 'a backlog that is only a bound says which');
      between(last!.dead, 0, 0, 'dead letters in the backlog');
    }

    await faults.stop();
    for (const { broker } of [process, observer]) {
      if (!('defaultGroup' in broker)) continue;
      const failing = failsWith(
        BrokerUnavailableError,
        () => broker.backlog(group),
        'the backlog while the broker is away',
      );
      await time.outside(failing);
    }
    await faults.start();
    unblock();
    await bench.settled(group, timings.flowAgainMs);
    await bench.judge(group, {
      duplicates: { atMost: concurrency, because: 'what was in flight when the broker went' },
    });
    const { broker } = observer;
    if (!('defaultGroup' in broker)) return;
    await time.until(
      async () => {
        // Its connection comes back in its own time; until then it says so.
        const asking = broker.backlog(group).catch(() => undefined);
        const backlog = await time.outside(asking);
        return backlog !== undefined && (backlog.waiting + backlog.inFlight + backlog.retrying === 0 || !backlog.exact);
      },
      timings.flowAgainMs,
      'the backlog is empty at the end',
    );
  },
};

function isRight({ waiting, inFlight, retrying, exact, bound }: Backlog): boolean {
  const total = waiting + inFlight + retrying;
  const least = exact || bound === 'upper' ? left - concurrency : left - 2 * concurrency;
  const most = exact || bound === 'lower' ? left + concurrency : Number.POSITIVE_INFINITY;
  return total >= least && total <= most;
}
