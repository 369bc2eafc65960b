import type { Throughput } from '../throughput.ts';
import type { ContestFindings } from './findings.ts';
import type { ContestSizes } from './run-contest.ts';
import type { Verdict } from './verdicts.ts';

/** For `reports/bench-<broker>.json`. */
export interface ContestReport {
  readonly broker: string;
  readonly node: string;
  readonly cpus: number;
  readonly sizes: ContestSizes;
  readonly findings: ContestFindings;
  /** What core costs where nothing is sent anywhere, publish and consume together: the figure of `pnpm bench memory`. */
  readonly coreOnMemory: Pick<Throughput, 'addedCpuMicrosPerEvent' | 'floorCpuMicrosPerEvent'>;
  readonly verdicts: readonly Verdict[];
}
