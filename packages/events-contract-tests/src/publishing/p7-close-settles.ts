import type { Outcome } from '../bench/publishing.ts';
import type { Clause } from '../clause.ts';
import { equal, fail, show } from '../verdict.ts';

export const P7: Clause = {
  id: 'P7',
  title: 'settles 500 unawaited publishes before close does, and delivers every resolved one',
  async run(bench) {
    const group = bench.group();
    await bench.declare(group);
    const publisher = await bench.publisher();
    const outcomes: Outcome[] = [];
    for (let n = 0; n < 500; n++) void publisher.publish({ data: { n } }).then((outcome) => outcomes.push(outcome));
    await bench.time.within(publisher.close(), bench.timings.promptMs, 'the publisher closes');
    // The publish promises settle before close does; the bench's own callbacks are a few hops behind them.
    for (let hop = 0; hop < 10; hop++) await Promise.resolve();
    equal(outcomes.length, 500, 'publishes that had settled when close had');
    const odd = outcomes.find(({ fate }) => fate === 'failed');
    if (odd !== undefined) fail(`publishes made before close are sent, but one failed: ${show(odd.error)}`);

    await bench.consume({ group });
    await bench.settled(group);
    await bench.judge(group);
  },
};
