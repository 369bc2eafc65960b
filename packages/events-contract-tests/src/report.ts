import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** One report of several, later ones winning cell by cell. */
export function mergeReports(reports: readonly ClauseReport[]): ClauseReport {
  const merged: ClauseReport = {};
  for (const report of reports) {
    for (const [clause, columns] of Object.entries(report)) merged[clause] = { ...merged[clause], ...columns };
  }
  return merged;
}

export function writeReport(file: string, report: ClauseReport): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

/** Adds results to the report; those of other adapters, and of clauses that did not run this time, stay. */
export function addToReport(file: string, results: ClauseReport): void {
  writeReport(file, mergeReports([readReport(file), results]));
}

/**
 * Where the column of one adapter lies: in the package of its suite, so that a cache which restores what one package
 * left there never touches another adapter's column.
 */
export function columnFile(testFile: string, adapter: string): string {
  let folder = dirname(testFile);
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'reports', 'clauses', `${encodeURIComponent(adapter)}.json`);
}
