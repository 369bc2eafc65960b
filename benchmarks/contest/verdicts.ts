import { goals } from './contest.ts';
import type { Comparison, ContestFindings, Side } from './findings.ts';

/** A goal, and whether it was reached. */
export interface Verdict {
  readonly goal: string;
  readonly got: string;
  readonly holds: boolean | 'does not apply';
}

/** From here on it is the client that the broker waits for, or the processors that both of them wait for. */
const busy = 0.9;

export function verdictsOn({ contenders, publish, consume, addedLonePublishMs }: ContestFindings): readonly Verdict[] {
  return [
    throughputVerdict('publish', publish, contenders.ours.publish),
    throughputVerdict('consume', consume, contenders.ours.consume),
    cpuVerdict('publish', publish),
    cpuVerdict('consume', consume),
    {
      goal: `a lone publish within ${goals.addedLonePublishMs} ms of plain at p99`,
      got: `${addedLonePublishMs} ms more`,
      holds: addedLonePublishMs <= goals.addedLonePublishMs,
    },
    {
      goal: `at most ${goals.stretchMs} ms without a turn of the event loop while a crowd of publishes is open`,
      got: `${contenders.ours.stretchMs.median} ms`,
      holds: contenders.ours.stretchMs.median <= goals.stretchMs,
    },
  ];
}

function throughputVerdict(side: string, { throughput }: Comparison, ours: Side): Verdict {
  const limit = ours.clientBusy >= busy ? 'client' : ours.machineBusy >= busy ? 'machine' : 'broker';
  const reached = throughput.median >= goals.throughputRatio;
  return {
    goal: `${side} at least ${goals.throughputRatio} of tuned where the broker is the limit`,
    got: `${throughput.median}, and the ${limit} is the limit`,
    holds: reached || limit === 'broker' ? reached : 'does not apply',
  };
}

function cpuVerdict(side: string, { addedCpuMicros }: Comparison): Verdict {
  return {
    goal: `${side} within ${goals.addedCpuMicros} µs of CPU of tuned`,
    got: `${addedCpuMicros.median} µs more`,
    holds: addedCpuMicros.median <= goals.addedCpuMicros,
  };
}
