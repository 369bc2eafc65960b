/** `pnpm clauses`: the clauses of the contract against the adapters that ran them. Fails on a failed or missing one. */
import { clauseIds } from '../clause-ids.ts';
import { clauses } from '../clauses.ts';
import { readReport } from '../report.ts';

const file = process.argv[2] ?? 'reports/clauses.json';
const report = readReport(file);
const adapters = [...new Set(Object.values(report).flatMap((columns) => Object.keys(columns)))].toSorted();
const titles = new Map(clauses.map(({ id, title }) => [id, title]));
const resultOf = (id: string, adapter: string) => report[id]?.[adapter] ?? 'missing';
const signs = { passed: '✓', failed: '✗ FAILED', missing: '? MISSING' } as const;

function cell(id: string, adapter: string): string {
  const result = resultOf(id, adapter);
  return result in signs ? signs[result as keyof typeof signs] : 'not claimed';
}

if (adapters.length === 0) {
  console.error(`${file} holds no results: run the contract first, pnpm test`);
  process.exitCode = 1;
} else {
  const width = Math.max(...adapters.map((adapter) => adapter.length), 11) + 2;
  console.log(`      ${adapters.map((adapter) => adapter.padEnd(width)).join('')}`);
  for (const id of clauseIds) {
    const title = titles.get(id) ?? 'no such clause was found';
    console.log(`${id.padEnd(6)}${adapters.map((adapter) => cell(id, adapter).padEnd(width)).join('')}${title}`);
  }
}

const cells = clauseIds.flatMap((id) => adapters.map((adapter) => ({ id, adapter, result: resultOf(id, adapter) })));
for (const { id, adapter, result } of cells) {
  if (result.startsWith('not claimed')) console.log(`${id} on ${adapter} ${result}`);
}
const count = (...results: readonly string[]) => cells.filter(({ result }) => results.includes(result)).length;
const bad = count('failed', 'missing');
console.log(
  `${count('passed')} passed, ${cells.length - count('passed') - bad} not claimed, ${count('failed')} failed, ${count('missing')} missing`,
);
if (bad > 0) process.exitCode = 1;
