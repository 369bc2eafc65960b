import { newNamespace } from './bench/bench.ts';
import { openBench } from './bench/open-bench.ts';
import { patienceMs, type Clause } from './clause.ts';
import type { BrokerHarness } from './harness.ts';

/** A clause that was kept, with the parts of it this broker does not claim. */
export interface ClauseRun {
  readonly notes: readonly string[];
}

/**
 * Runs one clause in a lab of its own and clears it up again.
 * @throws {VerdictError} when the adapter broke the promise; any other error when the experiment failed.
 */
export async function runClause(clause: Clause, harness: BrokerHarness): Promise<ClauseRun> {
  const namespace = newNamespace();
  const lab = await harness.open({ clause: clause.id, namespace });
  const bench = openBench(harness, lab, { namespace, faults: clause.fault === true });
  try {
    await lab.time.within(clause.run(bench), patienceMs(clause), `clause ${clause.id} comes to an end`);
    return { notes: bench.notes };
  } finally {
    // What a broken adapter does not let go of must not hold up the verdict.
    await lab.time.within(bench.close(), 10_000, 'everything closes').catch(() => {});
    await lab.close();
  }
}
