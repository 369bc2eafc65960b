import { availableParallelism } from 'node:os';
import type { Bench } from '../bench.ts';
import { memoryBroker } from '../brokers.ts';
import { measureThroughput } from '../throughput.ts';
import type { ContestReport } from './contest-report.ts';
import type { Contest } from './contest.ts';
import { findingsOf } from './findings.ts';
import { runContest } from './run-contest.ts';
import { tableOf } from './table.ts';
import { verdictsOn } from './verdicts.ts';

const fullSizes = {
  contest: {
    warmUpRounds: 4,
    rounds: 24,
    lonePublishes: 100,
    lonePublishesPerTurn: 50,
    crowd: 20_000,
    crowds: 5,
  },
  memoryRounds: 4,
  eventsPerMemoryRound: 100_000,
};
const quickSizes = {
  contest: {
    warmUpRounds: 1,
    rounds: 1,
    lonePublishes: 10,
    lonePublishesPerTurn: 10,
    crowd: 200,
    crowds: 1,
  },
  memoryRounds: 2,
  eventsPerMemoryRound: 500,
};

/** Our library beside programs on the broker's client library, in one run. */
export function contestBench(contest: Contest): Bench {
  return {
    name: contest.name,
    async run({ quick }) {
      const { contest: chosen, memoryRounds, eventsPerMemoryRound } = quick ? quickSizes : fullSizes;
      const sizes = { ...chosen, eventsPerRound: quick ? 200 : contest.eventsPerRound };
      const findings = findingsOf(await runContest(contest, sizes));
      const core = await measureThroughput(memoryBroker, memoryRounds, eventsPerMemoryRound);
      const report: ContestReport = {
        broker: contest.name,
        node: process.versions.node,
        cpus: availableParallelism(),
        sizes,
        findings,
        coreOnMemory: {
          addedCpuMicrosPerEvent: core.addedCpuMicrosPerEvent,
          floorCpuMicrosPerEvent: core.floorCpuMicrosPerEvent,
        },
        verdicts: verdictsOn(findings),
      };
      return { report, table: tableOf(report) };
    },
  };
}
