import { testEvents } from '../bench/test-event.ts';
import { allAccepted } from '../bench/outcomes.ts';
import { collect } from '../bench/collect.ts';
import type { Clause } from '../clause.ts';
import { equal } from '../verdict.ts';

export const W2: Clause = {
  id: 'W2',
  title: 'brings a new type that matches a running subscription to the pipeline from its first event on',
  async run(bench) {
    const { timings } = bench;
    const known = bench.typeIn('known');
    const inKnownTopic = bench.typeIn('known', 'invented');
    const inNewTopic = bench.typeIn('invented');
    const group = bench.group();
    const { process, consumer } = await bench.consume({ group, events: testEvents([known]), patterns: ['*.test.*'] });
    const publisher = await bench.publisher({ events: testEvents([known, inKnownTopic, inNewTopic]) });
    allAccepted(await publisher.publishMany(5, () => ({ type: known })), 'publishes of the known type');
    await bench.settled(group);

    // Its consumer does not know the type yet, so the pipeline keeps its events in the dead letters until somebody upgrades.
    for (const type of [inKnownTopic, inNewTopic]) {
      allAccepted(await publisher.publishMany(10, () => ({ type })), `publishes of ${type}`);
    }
    await bench.settled(group, timings.newTypeMs);
    const letters = await collect(process.operator(group).list());
    equal(letters.length, 20, 'events of new types that reached the pipeline');
    equal([...new Set(letters.map(({ reason }) => reason))], ['unknown-type'], 'reasons');

    allAccepted(await publisher.publishMany(5, () => ({ type: known })), 'publishes afterwards');
    await bench.settled(group);
    equal(consumer.stats().handled, 10, 'events of the known type that were handled');
    await bench.judge(group);
  },
};
