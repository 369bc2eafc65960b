import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { between, equal } from '../verdict.ts';

const concurrency = 10;

export const B1: Clause = {
  id: 'B1',
  title: 'runs exactly 10 of 20 blocked handlers, in each of two instances',
  async run(bench) {
    const { time, timings, ledger } = bench;
    const group = bench.group();
    await bench.declare(group);
    const { promise: unblocked, resolve: unblock } = Promise.withResolvers<void>();
    const most = new Map<string, number>();
    const running = (consumer: string) =>
      ledger.runsOf(group).filter((run) => run.consumer === consumer && run.end === 'running').length;
    const names = ['one', 'two'];
    for (const name of names) {
      await bench.consume({
        name,
        group,
        concurrency,
        async handle({ run }) {
          most.set(run.consumer, Math.max(most.get(run.consumer) ?? 0, running(run.consumer)));
          await unblocked;
        },
      });
    }
    // Twenty for each instance; where whole partitions move between them, so many that each has twenty for certain.
    const count = bench.capabilities.sharing === 'message' ? 40 : 400;
    const publisher = await bench.publisher();
    allAccepted(await publisher.publishMany(count), `${count} publishes`);

    const counts = () => names.map(running);
    await time.until(
      () => counts().every((one) => one === concurrency),
      timings.promptMs,
      () => `10 handlers run in each instance; ${counts().join(' and ')} do`,
    );
    await time.stays(
      () => counts().every((one) => one === concurrency),
      timings.leaseMs,
      () => `10 handlers run in each instance; ${counts().join(' and ')} do`,
    );
    unblock();
    await bench.settled(group, timings.flowAgainMs);
    for (const name of names)
      between(most.get(name) ?? 0, concurrency, concurrency, `handlers of instance ${name} at once`);
    await bench.judge(group);
    equal(running('one') + running('two'), 0, 'handlers running at the end');
  },
};
