import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ClauseResult } from './clause.ts';

/** `reports/clauses.json`: what became of each clause on each adapter. */
export type ClauseReport = Record<string, Record<string, ClauseResult>>;

/** An absent or unreadable report is an empty one: what is missing in it is then reported as missing. */
export function readReport(file: string): ClauseReport {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ClauseReport;
  } catch {
    return {};
  }
}

/** Adds results to the report; those of other adapters, and of clauses that did not run this time, stay. */
export function mergeReport(file: string, results: ClauseReport): void {
  const report = readReport(file);
  for (const [clause, columns] of Object.entries(results)) report[clause] = { ...report[clause], ...columns };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}
