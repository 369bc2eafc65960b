import type { Ordering } from '@payments/events-core';
import type { BenchBroker } from './brokers.ts';
import { openFlow, type Flow } from './flow.ts';
import { measure } from './measure.ts';
import { median, rounded } from './statistics.ts';

export interface KeysCost {
  readonly ordering: Ordering;
  readonly keys: number;
  readonly cpuMicrosPerEvent: number;
}

/** What an event costs with few and with many keys, unordered and ordered. The four take turns. */
export async function measureKeys(
  broker: BenchBroker,
  rounds: number,
  eventsPerRound: number,
): Promise<readonly KeysCost[]> {
  const cases: {
    readonly ordering: Ordering;
    readonly keys: number;
    readonly flow: Flow;
    readonly micros: number[];
  }[] = [];
  for (const ordering of ['none', 'key'] as const) {
    for (const keys of [10, 10_000])
      cases.push({ ordering, keys, flow: await openFlow(broker.open(), { keys, ordering }), micros: [] });
  }
  for (let round = 0; round <= rounds; round += 1) {
    for (const { flow, micros } of cases) {
      const cost = await measure(eventsPerRound, () => flow.run(eventsPerRound));
      // The first round is compiled while it runs.
      if (round > 0) micros.push(cost.cpuMicrosPerEvent);
    }
  }
  for (const { flow } of cases) await flow.close();
  return cases.map(({ ordering, keys, micros }) => ({ ordering, keys, cpuMicrosPerEvent: rounded(median(micros)) }));
}
