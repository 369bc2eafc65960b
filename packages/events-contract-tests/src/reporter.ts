import { join } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import type { ClauseMeta } from './describe-broker-contract.ts';
import { addToReport, columnFile, mergeReports, type ClauseReport } from './report.ts';

/**
 * A vitest reporter: writes what became of each clause to `reports/clauses/<adapter>.json` in the package of its suite,
 * adds it to `reports/clauses.json` below vitest's root, and prints what was not claimed with its reason. Use it beside another: `--reporter default --reporter @payments/events-contract-tests/reporter`.
 */
// vitest loads a reporter that is named on its command line by its default export.
// oxlint-disable-next-line import/no-default-export
export default class ClauseReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const columns = new Map<string, ClauseReport>();
    const notes: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { clause } = test.meta() as { readonly clause?: ClauseMeta };
        if (clause === undefined) continue;
        const { id, adapter } = clause;
        // A clause that failed, timed out or vanished has no result of its own.
        const result = test.result().state === 'failed' ? 'failed' : (clause.result ?? 'failed');
        const file = columnFile(module.moduleId, adapter);
        columns.set(file, { ...columns.get(file), [id]: { [adapter]: result } });
        if (result.startsWith('not claimed')) notes.push(`${id} on ${adapter} ${result}`);
        for (const note of clause.notes ?? []) notes.push(`${id} on ${adapter}, in part: ${note}`);
      }
    }
    if (columns.size === 0) return;
    for (const [file, column] of columns) addToReport(file, column);
    const root = this.#vitest?.config.root ?? process.cwd();
    addToReport(join(root, 'reports', 'clauses.json'), mergeReports([...columns.values()]));
    for (const note of notes) this.#vitest?.logger.log(note);
  }
}
