import { openPublisher } from '../bench/publishing.ts';
import type { Clause } from '../clause.ts';
import { between, equal } from '../verdict.ts';

const count = 10_000;
const window = 1_000;
const bytesPerSecond = 200_000;
/** Where no rate can be set: a window then takes as long as 1,000 events at about that rate. */
const latencyMs = 250;
const publishTimeoutMs = 60_000;

export const B4: Clause = {
  id: 'B4',
  title: 'keeps what is pending bounded in 10,000 publishes through a slow link; all settle',
  fault: true,
  patienceS: 240,
  async run(bench) {
    const { time, faults } = bench;
    const group = bench.group();
    await bench.declare(group);
    const adapter = bench.adapter();
    const tries = { open: 0, most: 0 };
    // Seen from core's side of the adapter: what is sent and not yet answered.
    const counting = new Proxy(adapter, {
      get(target, property) {
        if (property !== 'send') return Reflect.get(target, property, target) as unknown;
        return async (...args: Parameters<typeof adapter.send>) => {
          tries.most = Math.max(tries.most, ++tries.open);
          try {
            return await target.send(...args);
          } finally {
            tries.open -= 1;
          }
        };
      },
    });
    const publisher = openPublisher(counting, bench, { window, publishTimeoutMs });
    await publisher.publish();
    const link = faults.link(adapter);
    const rate = bench.optional('a link with a rate (it is late instead)', link.rate);
    await (rate === undefined ? link.latency(latencyMs) : rate(bytesPerSecond));
    const publishing = publisher.publishMany(count, (n) => ({ data: { n, text: 's'.repeat(100) } }));
    const outcomes = await time.within(
      publishing,
      publishTimeoutMs * 1.1,
      `${count} publishes through a slow link settle`,
    );
    await link.heal();
    between(tries.most, 1, window, 'sends without an answer at once');
    equal(tries.open, 0, 'sends without an answer at the end');
    equal(
      outcomes.filter(({ fate }) => fate === 'failed').length,
      0,
      'publishes that ended neither accepted, rejected nor unknown',
    );
    between(outcomes.filter(({ fate }) => fate === 'accepted').length, 1, count, 'publishes that got through');
    await publisher.close();
    await bench.consume({ group });
    await bench.settled(group, bench.timings.flowAgainMs + 30_000);
    const twice =
      bench.capabilities.deduplicationWindowMs > 0
        ? {}
        : { duplicates: { atMost: count, because: 'tries that timed out were stored' } };
    await bench.judge(group, twice);
  },
};
