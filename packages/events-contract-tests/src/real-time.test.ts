import { describe, test } from 'vitest';
import { clauses } from './clauses.ts';
import { memoryHarness } from './mutants/lab/memory-harness.ts';
import { runClause } from './run-clause.ts';

/** A few of the clauses as real brokers run them, so that the suite itself is known to work without virtual time. */
const ids = ['P1', 'P5', 'P7', 'G2', 'G7', 'A1', 'R2', 'L2', 'L3', 'W4', 'B1', 'S2'];
const harness = memoryHarness({ clock: 'system' });

describe.concurrent('on the machine’s own time', () => {
  for (const clause of clauses.filter(({ id }) => ids.includes(id))) {
    test(`${clause.id} ${clause.title}`, { timeout: 60_000 }, async () => {
      await runClause(clause, harness);
    });
  }
});
