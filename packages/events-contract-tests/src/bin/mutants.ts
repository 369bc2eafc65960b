/** `pnpm mutants`: the memory adapter with one thing wrong at a time. Fails when the clause named for a mutant does not notice. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { clauses } from '../clauses.ts';
import { mutants } from '../mutants/index.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { put, tryMutant, type Finding, type Trial } from '../mutants/trial.ts';

const smokeId = 'P1';
const giveUpAfterMs = 120_000;
const only = process.argv.slice(2);

// A mutant may leave promises that nobody waits for any more; a rejection there is not the suite's verdict.
process.on('unhandledRejection', () => {});
const hanging = setTimeout(() => {
  console.error(`the mutants did not come to an end within ${giveUpAfterMs} ms`);
  process.exit(1);
}, giveUpAfterMs);

const chosen = mutants.filter(({ name }) => only.length === 0 || only.some((word) => name.includes(word)));
const byId = new Map(clauses.map((clause) => [clause.id, clause]));
const smoke = byId.get(smokeId);
if (smoke === undefined) throw new Error(`the clause every mutant must pass, ${smokeId}, is missing`);

/** Each clause on the adapter as it is, once. */
const sane = new Map<string, Finding>();
async function sanity(id: string): Promise<Finding | undefined> {
  const clause = byId.get(id as Mutant['killedBy']);
  if (clause !== undefined && !sane.has(id)) sane.set(id, await put(clause));
  return sane.get(id);
}

const trials: Trial[] = [];
const width = Math.max(...chosen.map(({ name }) => name.length)) + 2;
for (const mutant of chosen) {
  const trial = await tryMutant(mutant, byId.get(mutant.killedBy), await sanity(mutant.killedBy), smoke);
  trials.push(trial);
  const text = trial.text.length > 160 ? `${trial.text.slice(0, 160)}…` : trial.text;
  console.log(
    `${trial.killed ? '✓ killed by' : '✗ ALIVE    '} ${mutant.killedBy.padEnd(4)}${mutant.name.padEnd(width)}${text}`,
  );
}

const failed = trials.filter(({ killed }) => !killed).length;
const report = {
  passed: trials.length - failed,
  failed,
  mutants: trials.map(({ mutant: { name, killedBy }, killed, text, tookMs }) => ({
    name,
    clause: killedBy,
    killed,
    text,
    tookMs: Math.round(tookMs),
  })),
};
mkdirSync('reports', { recursive: true });
writeFileSync('reports/mutants.json', `${JSON.stringify(report, null, 2)}\n`);
console.log(`${report.passed} of ${trials.length} mutants killed`);
clearTimeout(hanging);
process.exit(failed > 0 || trials.length === 0 ? 1 : 0);
