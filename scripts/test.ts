/**
 * `pnpm test`: every check there is, one after another. A step that fails does not hide the ones after it; the exit
 * code is 0 only if all of them passed. What each step found lies in `reports/` (each package's Vitest report in its own), where
 * `sum-results.mjs` counts it.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { steps } from './steps.mjs';
import { workspaceFolders } from './workspace.mjs';

mkdirSync('reports', { recursive: true });
// Left over from an earlier run, they would be counted again. Turbo puts back those whose suite it need not repeat.
for (const report of globSync('reports/*.json')) if (!report.startsWith('reports/bench-')) rmSync(report);
for (const { folder } of workspaceFolders('.')) rmSync(join(folder, 'reports'), { recursive: true, force: true });

const results = steps.map(({ name }) => ({ name, passed: false, seconds: 0 }));
const record = () => writeFileSync('reports/steps.json', `${JSON.stringify(results, null, 2)}\n`);

for (const [index, { name, command }] of steps.entries()) {
  console.log(`\n== ${name}: ${command.join(' ')}`);
  // Written before the step too: a step that takes the whole run down with it has then failed, not vanished.
  record();
  const startedAtMs = Date.now();
  const [file, ...args] = command;
  const { status, signal, error } = spawnSync(file, args, { stdio: 'inherit' });
  if (error !== undefined) console.error(`${file} could not be run: ${error.message}`);
  else if (signal !== null) console.error(`${file} was ended by ${signal}`);
  results[index] = { name, passed: status === 0, seconds: Math.round((Date.now() - startedAtMs) / 1000) };
}
record();

const failed = results.filter(({ passed }) => !passed).map(({ name }) => name);
console.log(
  `\n== ${results.map(({ name, passed, seconds }) => `${passed ? '✓' : '✗'} ${name} ${seconds} s`).join('  ')}`,
);
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
