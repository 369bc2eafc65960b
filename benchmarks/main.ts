/**
 * `pnpm bench [broker] [--quick]`: what core and a broker cost, beside the floor. Prints a table and writes
 * `reports/bench-<broker>.json`; `--quick` only shows that it runs, and writes nothing.
 *
 * Measures and judges, never fails for being slow: timings depend on the machine.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brokers } from './brokers.ts';
import { measureKeys } from './keys.ts';
import { tableOf, verdictOn, type Report } from './report.ts';
import { measureThroughput } from './throughput.ts';
import { measureUnawaited } from './unawaited.ts';

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const sizes = values.quick
  ? { rounds: 2, eventsPerRound: 500, keyRounds: 1, eventsPerKeyRound: 200, unawaited: 1_000 }
  : { rounds: 10, eventsPerRound: 100_000, keyRounds: 5, eventsPerKeyRound: 10_000, unawaited: 100_000 };

const name = positionals[0] ?? 'memory';
const broker = brokers.find((one) => one.name === name);
if (broker === undefined) {
  console.error(`There is no bench for "${name}". There is: ${brokers.map((one) => one.name).join(', ')}.`);
  process.exit(2);
}

const throughput = await measureThroughput(broker, sizes.rounds, sizes.eventsPerRound);
const report: Report = {
  broker: name,
  node: process.versions.node,
  cpus: availableParallelism(),
  throughput,
  keys: await measureKeys(broker, sizes.keyRounds, sizes.eventsPerKeyRound),
  unawaited: await measureUnawaited(broker, sizes.unawaited),
  verdict: verdictOn(throughput),
};
console.log(tableOf(report));

if (!values.quick) {
  const folder = join(import.meta.dirname, '../reports');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `bench-${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
}
