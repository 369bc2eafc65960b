import { clauseIds, clauses, type ClauseId } from '@payments/events-contract-tests';
import { expect, test } from 'vitest';
import { clausesOf, type ClauseFiles } from './clause-files.ts';

/** What must hold of the lists by which one broker's clauses are spread over files. */
export function describeClauseFiles(breaking: readonly ClauseFiles[], withoutFaults: readonly ClauseId[]): void {
  test('the files of the contract suite run the whole list, no clause twice', () => {
    expect([...clausesOf(breaking), ...withoutFaults].toSorted()).toEqual(clauseIds.toSorted());
  });

  test('what has faults is nowhere among the clauses without', () => {
    const faulty = clauses.filter(({ fault }) => fault === true).map(({ id }) => id);
    expect(faulty.filter((id) => withoutFaults.includes(id))).toEqual([]);
  });
}
