import { InvalidEventError, PublishRejectedError } from '@payments/events-core';
import { allAccepted } from '../bench/outcomes.ts';
import type { Clause } from '../clause.ts';
import { holds, show } from '../verdict.ts';

export const P8: Clause = {
  id: 'P8',
  title: 'refuses the one event of ten that is too large before a byte of it is sent; nine arrive',
  async run(bench) {
    const group = bench.group();
    await bench.declare(group);
    const process = await bench.process();
    // The publisher would allow it: it is the broker's limit that must be known in time.
    const publisher = process.publisher({ maxBodyBytes: 128 * 1_024 * 1_024 });
    const text = 'l'.repeat(process.adapter.maxMessageBytes() + 1);
    const outcomes = await publisher.publishMany(10, (n) => (n === 4 ? { data: { n, text } } : {}));
    const large = outcomes[4]!;
    const refused =
      InvalidEventError.isInstance(large.error) ||
      (PublishRejectedError.isInstance(large.error) && large.error.reason === 'too-large');
    holds(
      refused,
      `an event over the broker's limit is refused as too large; it ended ${large.fate}: ${show(large.error)}`,
    );
    allAccepted(outcomes.toSpliced(4, 1), 'the nine beside it');

    await bench.consume({ group });
    await bench.settled(group);
    holds(!(await bench.probe.holds(large.id, bench.type)), 'nothing of the large event reached the broker');
    await bench.judge(group);
  },
};
