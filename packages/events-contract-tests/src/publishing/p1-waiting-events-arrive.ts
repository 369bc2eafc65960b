import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';

export const P1: Clause = {
  id: 'P1',
  title: 'delivers 100 events published before any consumer started, bytes, headers and key equal',
  async run(bench) {
    const group = bench.group();
    await bench.declare(group);
    const publisher = await bench.publisher();
    const outcomes = await publisher.publishMany(100, (n) => ({
      key: `key-${n % 10}`,
      headers: Object.fromEntries(
        Array.from({ length: 5 }, (_, index) => [`x-header-${index}`, `value ${n}.${index} é`]),
      ),
      data: { n, text: 'k'.repeat(1_024) },
    }));
    allAccepted(outcomes, '100 publishes');

    await bench.consume({ group });
    await bench.settled(group);
    await bench.judge(group);
  },
};
