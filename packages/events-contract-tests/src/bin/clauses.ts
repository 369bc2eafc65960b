/**
 * `pnpm clauses`: merges what the contract found on each adapter into `reports/clauses.json` and prints it as a table.
 * Fails on a clause that failed or is missing, and on an adapter whose suite left no results; outside of CI not on one
 * whose suite needs a broker that could not be had, which `pnpm test` has then written down in `reports/brokers.json`.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { clauseIds } from '../clause-ids.ts';
import { clauses } from '../clauses.ts';
import { mergeReports, readReport, writeReport } from '../report.ts';

const merged = 'reports/clauses.json';
/** Every other package of the workspace is an adapter, one that has not thought of the contract yet included. */
const noAdapters = ['events-core', 'events-contract-tests'];

/** The suites of adapters lie in their packages, or where the brokers are. */
const files = ['packages/*/reports/clauses/*.json', 'integration/reports/clauses/*.json'];
const report = mergeReports(globSync(files).toSorted().map(readReport));
writeReport(merged, report);

const found = Object.values(report).flatMap((columns) => Object.keys(columns));
const expected = globSync('packages/events-*')
  .filter((folder) => existsSync(`${folder}/package.json`) && !noAdapters.includes(basename(folder)))
  .map((folder) => basename(folder).replace('events-', ''));
const adapters = [...new Set([...found, ...expected])].toSorted();
const titles = new Map(clauses.map(({ id, title }) => [id, title]));
const withoutBroker = expected.filter((adapter) => !found.includes(adapter) && hasNoBroker(adapter));
const noBroker = 'not run: no broker';
const absent = (adapter: string) => (withoutBroker.includes(adapter) ? noBroker : 'missing');
const resultOf = (id: string, adapter: string) => report[id]?.[adapter] ?? absent(adapter);
const signs = { passed: '✓', failed: '✗ FAILED', missing: '? MISSING', [noBroker]: noBroker } as const;

function cell(id: string, adapter: string): string {
  const result = resultOf(id, adapter);
  return result in signs ? signs[result as keyof typeof signs] : 'not claimed';
}

/** Whether the broker of this adapter could not be had, where that is no failure. */
function hasNoBroker(adapter: string): boolean {
  if (!['', '0', 'false', undefined].includes(process.env['CI'])) return false;
  try {
    const brokers = JSON.parse(readFileSync('reports/brokers.json', 'utf8')) as Record<
      string,
      { readonly way?: string }
    >;
    return brokers[adapter]?.way === 'none';
  } catch {
    return false;
  }
}

const width =
  Math.max(...adapters.map((adapter) => adapter.length), ...(withoutBroker.length > 0 ? [noBroker.length] : []), 11) +
  2;
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
  console.error(
    withoutBroker.includes(adapter)
      ? `${adapter} was not run: no broker. pnpm test:brokers says which command is missing`
      : `the contract left no results of ${adapter}: run its suite first, pnpm test`,
  );
const count = (...results: readonly string[]) => cells.filter(({ result }) => results.includes(result)).length;
const bad = count('failed', 'missing');
console.log(
  `${count('passed')} passed, ${cells.length - count('passed', noBroker) - bad} not claimed, ${count('failed')} failed, ${count('missing')} missing, ${count(noBroker)} ${noBroker}`,
);
if (bad > 0 || adapters.length === 0) process.exitCode = 1;
