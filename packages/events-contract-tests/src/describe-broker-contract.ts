import { describe, expect, test } from 'vitest';
import { clauseIds } from './clause-ids.ts';
import type { Clause, ClauseResult } from './clause.ts';
import { clauseGroups, clauses } from './clauses.ts';
import type { BrokerHarness } from './harness.ts';
import { runClause } from './run-clause.ts';

/** What a test tells the reporter about the clause it ran. */
export interface ClauseMeta {
  readonly id: string;
  readonly adapter: string;
  /** Absent while it runs, and after it failed. */
  result?: Exclude<ClauseResult, 'failed'>;
  /** Parts that were not claimed. */
  notes?: readonly string[];
}

declare module 'vitest' {
  interface TaskMeta {
    clause?: ClauseMeta;
  }
}

/**
 * Registers the whole contract as one vitest suite. An adapter's test file is its harness and this call. Clauses with
 * faults run alone where the broker is shared; the others run beside each other.
 */
export function describeBrokerContract(name: string, harness: BrokerHarness): void {
  describe(`${name} keeps the contract`, () => {
    test('the clauses are those of the frozen list, each once', () => {
      expect(clauses.map(({ id }) => id)).toEqual([...clauseIds]);
    });
    test('what is not claimed is a clause, and says why', () => {
      for (const [id, why] of Object.entries(harness.notClaimed ?? {})) {
        expect(clauseIds).toContain(id);
        expect(why.length, `a reason why ${id} is not claimed`).toBeGreaterThan(10);
      }
    });
    for (const [title, group] of Object.entries(clauseGroups)) {
      describe(title, () => {
        for (const clause of group) register(clause, harness);
      });
    }
  });
}

function register(clause: Clause, harness: BrokerHarness): void {
  const why = harness.notClaimed?.[clause.id];
  const timeout = (clause.patienceS ?? 60) * 1_000 + 30_000;
  const alone = clause.fault === true && harness.isolation === 'shared';
  test(`${clause.id} ${clause.title}`, { timeout, concurrent: !alone }, async (context) => {
    const meta: ClauseMeta = { id: clause.id, adapter: harness.name };
    context.task.meta.clause = meta;
    if (why !== undefined) {
      meta.result = `not claimed: ${why}`;
      context.skip(`not claimed: ${why}`);
    }
    const { notes } = await runClause(clause, harness);
    meta.result = 'passed';
    if (notes.length > 0) meta.notes = notes;
  });
}
