import { allAccepted } from '../bench/outcomes.ts';
import { testEvents } from '../bench/test-event.ts';
import type { Clause } from '../clause.ts';
import { equal } from '../verdict.ts';

export const G2: Clause = {
  id: 'G2',
  title: 'gives each of three groups all 200 events',
  async run(bench) {
    const groups = ['a', 'b', 'c'].map((label) => bench.group(label));
    await Promise.all(groups.map((group) => bench.consume({ group })));
    const publisher = await bench.publisher();
    allAccepted(await publisher.publishMany(200), '200 publishes');
    for (const group of groups) {
      await bench.settled(group);
      await bench.judge(group);
      equal(bench.ledger.handled(group).size, 200, `events handled by ${group}`);
    }
  },
};

export const G3: Clause = {
  id: 'G3',
  title: 'keeps twenty topics side by side without cross-talk',
  async run(bench) {
    const types = Array.from({ length: 20 }, (_, index) => bench.typeIn(`topic${index}`));
    const events = testEvents(types);
    const process = await bench.process();
    const groups = new Map(types.map((type, index) => [bench.group(`topic${index}`), type]));
    for (const [group, type] of groups) await process.consumer({ group, events, patterns: [type] }).start();
    const publisher = await bench.publisher({ events });
    allAccepted(await publisher.publishMany(400, (n) => ({ type: types[n % 20]! })), '400 publishes');
    for (const [group, type] of groups) {
      await bench.settled(group, bench.timings.promptMs, (intent) => intent.type === type);
      await bench.judge(group, { of: (intent) => intent.type === type });
    }
  },
};
