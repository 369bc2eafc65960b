import { clauseIds, clauses } from '@payments/events-contract-tests';
import { expect, test } from 'vitest';
import { breakingBroker, breakingLinks, withoutFaults } from './clause-files.ts';

test('the files of the contract suite run the whole list, no clause twice', () => {
  const breaking = [breakingBroker, breakingLinks].flatMap((files) => Object.values(files).flat());
  const run = [...breaking, ...withoutFaults];
  expect(run.toSorted()).toEqual(clauseIds.toSorted());
});

test('what has faults is nowhere among the clauses without', () => {
  const faulty = clauses.filter(({ fault }) => fault === true).map(({ id }) => id);
  expect(faulty.filter((id) => withoutFaults.includes(id))).toEqual([]);
});
