import type { Outcome } from '../bench/publishing.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';

export const G7: Clause = {
  id: 'G7',
  title: 'delivers an event published in the tick in which start() resolved, 50 times of 50',
  async run(bench) {
    const process = await bench.process();
    const types = Array.from({ length: 50 }, (_, round) => bench.typeIn(`round${round}`));
    const events = testEvents(types);
    const publisher = await bench.publisher({ events });
    for (const type of types) {
      const group = bench.group();
      const consumer = process.consumer({ group, events, patterns: [type], startFrom: 'latest' });
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      void consumer.start().then(() => resolve(publisher.publish({ type })));
      allAccepted([await promise], 'the publish beside start()');
      await bench.settled(group, bench.timings.promptMs, (intent) => intent.type === type);
      await consumer.stop();
    }
  },
};
