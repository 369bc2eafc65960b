import type { BenchBroker } from './brokers.ts';
import { floor } from './floor.ts';
import { flowWindow, openFlow } from './flow.ts';
import { heapBytes, measure } from './measure.ts';
import { median, rounded } from './statistics.ts';

export interface Throughput {
  readonly events: number;
  readonly window: number;
  readonly eventsPerSecond: number;
  readonly cpuMicrosPerEvent: number;
  readonly floorCpuMicrosPerEvent: number;
  /** What core and the adapter add to the floor. */
  readonly addedCpuMicrosPerEvent: number;
  readonly heapBytes: {
    readonly afterFirstRound: number;
    readonly afterLastRound: number;
    readonly eventsInFirstRound: number;
  };
}

/** From publish() to settled, beside the floor, in rounds that take turns; and what they leave behind on the heap. */
export async function measureThroughput(
  broker: BenchBroker,
  rounds: number,
  eventsPerRound: number,
): Promise<Throughput> {
  const flow = await openFlow(broker.open(), { keys: 1_000 });
  const costs = [];
  const floors = [];
  let afterFirstRound = 0;
  for (let round = 0; round < rounds; round += 1) {
    floors.push(await measure(eventsPerRound / 2, () => floor(eventsPerRound / 2)));
    costs.push(await measure(eventsPerRound, () => flow.run(eventsPerRound)));
    if (round === 0) afterFirstRound = await heapBytes();
  }
  const afterLastRound = await heapBytes();
  await flow.close();
  // The first round is compiled while it runs.
  const warm = costs.slice(1);
  const cpuMicrosPerEvent = median(warm.map((cost) => cost.cpuMicrosPerEvent));
  const floorCpuMicrosPerEvent = median(floors.slice(1).map((cost) => cost.cpuMicrosPerEvent));
  return {
    events: rounds * eventsPerRound,
    window: flowWindow,
    eventsPerSecond: Math.round(median(warm.map(({ events, seconds }) => events / seconds))),
    cpuMicrosPerEvent: rounded(cpuMicrosPerEvent),
    floorCpuMicrosPerEvent: rounded(floorCpuMicrosPerEvent),
    addedCpuMicrosPerEvent: rounded(cpuMicrosPerEvent - floorCpuMicrosPerEvent),
    heapBytes: { afterFirstRound, afterLastRound, eventsInFirstRound: eventsPerRound },
  };
}
