import type { Bench } from './bench/bench.ts';
import type { ClauseId } from './clause-ids.ts';

/**
 * One promise of the contract and the experiment that judges it. A plain object: `run` knows no test framework, so the
 * mutants run the same clauses in a bare Node program.
 *
 * `run` resolves when the promise was kept and throws a `VerdictError` when it was not (everything in `verdict.ts`, the
 * ledger and `bench.time` does). Any other error means that the experiment itself went wrong.
 */
export interface Clause {
  readonly id: ClauseId;
  /** A sentence of behaviour, read after the adapter's name. */
  readonly title: string;
  /** Breaks the broker, the network or a process: runs alone where brokers are shared. */
  readonly fault?: true;
  /** Seconds of real time that are plenty on a real broker. The virtual clock needs a fraction. @default 180 */
  readonly patienceS?: number;
  run(bench: Bench): Promise<void>;
}

export function patienceMs({ patienceS = 180 }: Clause): number {
  return patienceS * 1_000;
}

/** What became of a clause on an adapter, as `reports/clauses.json` has it. */
export type ClauseResult = 'passed' | 'failed' | `not claimed: ${string}`;
