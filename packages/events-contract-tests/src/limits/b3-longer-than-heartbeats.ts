import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { equal } from '../verdict.ts';

/** Longer than heartbeats and pings (2 s), leases (2 s) and sessions (6 s) of the lab. */
const handlerMs = 8_000;

export const B3: Clause = {
  id: 'B3',
  title: 'loses no connection to handlers that run longer than heartbeats, leases and sessions',
  async run(bench) {
    const { time } = bench;
    const groups = (['none', 'key'] as const).map((ordering) => ({ ordering, group: bench.group(ordering) }));
    for (const { ordering, group } of groups) {
      await bench.consume({ group, ordering, handlerTimeoutMs: 30_000, handle: () => time.pass(handlerMs) });
    }
    const publisher = await bench.publisher();
    allAccepted(await publisher.publishMany(10, (n) => ({ key: `key-${n}` })), 'ten publishes');
    for (const { group } of groups) {
      await bench.settled(group, 4 * handlerMs);
      await bench.judge(group, { inOrder: true });
      equal(bench.ledger.runsOf(group).length, 10, `handlers that ran in group ${group}`);
    }
    const lost = bench.log.filter(({ details }) => 'state' in details && details.state === 'lost');
    equal(
      lost.map(({ message }) => message),
      [],
      'connections lost',
    );
  },
};
