import { clauseIds, type ClauseId } from '@payments/events-contract-tests';

/** Clauses that are put to a broker in files of their own, by the name of the file. */
export type ClauseFiles = Readonly<Record<string, readonly ClauseId[]>>;

export function clausesOf(files: readonly ClauseFiles[]): readonly ClauseId[] {
  return files.flatMap((one) => Object.values(one).flat());
}

export function allBut(files: readonly ClauseFiles[]): readonly ClauseId[] {
  const elsewhere: ReadonlySet<ClauseId> = new Set(clausesOf(files));
  return clauseIds.filter((id) => !elsewhere.has(id));
}
