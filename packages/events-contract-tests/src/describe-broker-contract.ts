import { describe, expect, test } from 'vitest';
import { clauseIds, type ClauseId } from './clause-ids.ts';
import { patienceMs, type Clause, type ClauseResult } from './clause.ts';
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

export interface ContractOptions {
  /**
   * The clauses of this file, where a real broker's are spread over several that run at once. What all files run together
   * must be the frozen list, each clause once: a test of yours says so, and the clause table shows what is missing.
   * @default all
   */
  readonly only?: readonly ClauseId[];
}

/**
 * Registers the contract as one vitest suite. An adapter's test file is its harness and this call. Clauses with faults run
 * alone where the broker is shared; the others run beside each other.
 */
export function describeBrokerContract(
  name: string,
  harness: BrokerHarness,
  { only = clauseIds }: ContractOptions = {},
): void {
  describe(`${name} keeps the contract`, () => {
    test('the clauses are those of the frozen list, each once', () => {
      expect(clauses.map(({ id }) => id)).toEqual([...clauseIds]);
      expect(clauseIds).toEqual(expect.arrayContaining([...only]));
      expect(new Set(only).size).toBe(only.length);
    });
    test('what is not claimed is a clause, and says why', () => {
      for (const [id, why] of Object.entries(harness.notClaimed ?? {})) {
        expect(clauseIds).toContain(id);
        expect(why.length, `a reason why ${id} is not claimed`).toBeGreaterThan(10);
      }
    });
    for (const [title, group] of Object.entries(clauseGroups)) {
      const chosen = group.filter(({ id }) => only.includes(id));
      if (chosen.length === 0) continue;
      describe(title, () => {
        for (const clause of chosen) register(clause, harness);
      });
    }
  });
}

function register(clause: Clause, harness: BrokerHarness): void {
  const why = harness.notClaimed?.[clause.id];
  const timeout = patienceMs(clause) + 30_000;
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
