/**
 * `pnpm clauses`: merges what the contract found on each adapter into `reports/clauses.json` and prints it as a table.
 * Fails on a clause that failed or is missing, and on an adapter whose suite left no results.
 */
import { existsSync, globSync } from 'node:fs';
import { basename } from 'node:path';
import { clauseIds } from '../clause-ids.ts';
import { clauses } from '../clauses.ts';
import { mergeReports, readReport, writeReport } from '../report.ts';

const file = 'reports/clauses.json';
/** Every other package of the workspace is an adapter, one that has not thought of the contract yet included. */
const noAdapters = ['events-core', 'events-contract-tests'];

const report = mergeReports(globSync('packages/*/reports/clauses/*.json').toSorted().map(readReport));
writeReport(file, report);

const found = Object.values(report).flatMap((columns) => Object.keys(columns));
const expected = globSync('packages/events-*')
  .filter((folder) => existsSync(`${folder}/package.json`) && !noAdapters.includes(basename(folder)))
  .map((folder) => basename(folder).replace('events-', ''));
const adapters = [...new Set([...found, ...expected])].toSorted();
const titles = new Map(clauses.map(({ id, title }) => [id, title]));
const resultOf = (id: string, adapter: string) => report[id]?.[adapter] ?? 'missing';
const signs = { passed: '✓', failed: '✗ FAILED', missing: '? MISSING' } as const;

function cell(id: string, adapter: string): string {
  const result = resultOf(id, adapter);
  return result in signs ? signs[result as keyof typeof signs] : 'not claimed';
}

const width = Math.max(...adapters.map((adapter) => adapter.length), 11) + 2;
console.log(`      ${adapters.map((adapter) => adapter.padEnd(width)).join('')}`);
for (const id of clauseIds) {
  const title = titles.get(id) ?? 'no such clause was found';
  console.log(`${id.padEnd(6)}${adapters.map((adapter) => cell(id, adapter).padEnd(width)).join('')}${title}`);
}

const cells = clauseIds.flatMap((id) => adapters.map((adapter) => ({ id, adapter, result: resultOf(id, adapter) })));
for (const { id, adapter, result } of cells) {
  if (result.startsWith('not claimed')) console.log(`${id} on ${adapter} ${result}`);
}
for (const adapter of adapters.filter((name) => !found.includes(name)))
  console.error(`the contract left no results of ${adapter}: run its suite first, pnpm test`);
const count = (...results: readonly string[]) => cells.filter(({ result }) => results.includes(result)).length;
const bad = count('failed', 'missing');
console.log(
  `${count('passed')} passed, ${cells.length - count('passed') - bad} not claimed, ${count('failed')} failed, ${count('missing')} missing`,
);
if (bad > 0 || adapters.length === 0) process.exitCode = 1;
