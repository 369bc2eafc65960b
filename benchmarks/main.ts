/**
 * `pnpm bench [memory | rabbitmq | kafka] [--quick]`. Prints a table and writes `reports/bench-<name>.json`; `--quick` only shows
 * that it runs, and writes nothing.
 *
 * - `memory` (default): what core and the memory broker cost, beside the floor.
 * - `rabbitmq`, `kafka`: our publish and consume beside a plain and a tuned program on the client library, in one run.
 *
 * Measures and judges, never fails for being slow: timings depend on the machine.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benches } from './benches.ts';

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const quick = values.quick === true;

const name = positionals[0] ?? 'memory';
const bench = benches.find((one) => one.name === name);
if (bench === undefined) {
  console.error(`There is no bench for "${name}". There is: ${benches.map((one) => one.name).join(', ')}.`);
  process.exit(2);
}

const { report, table } = await bench.run({ quick });
console.log(table);

if (!quick) {
  const folder = join(import.meta.dirname, '../reports');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `bench-${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
}
