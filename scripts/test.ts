/**
 * `pnpm test`: every check there is, one after another. A step that fails does not hide the ones after it; the exit
 * code is 0 only if all of them passed. What each step found lies in `reports/` (each package's Vitest report in its own), where
 * `sum-results.mjs` counts it.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const steps: readonly Step[] = [
  { name: 'typecheck', command: ['turbo', 'run', 'typecheck', 'typecheck:root'] },
  { name: 'lint', command: ['turbo', 'run', 'lint:code', 'lint:format', 'lint:unused', '--continue'] },
  { name: 'build', command: ['turbo', 'run', 'build'] },
  { name: 'packages', command: ['turbo', 'run', 'check:package', '--continue'] },
  // One suite at a time: their deadlines are real time, and two suites side by side would share two cores.
  { name: 'tests', command: ['turbo', 'run', 'test', '--continue', '--concurrency=1'] },
  { name: 'mutants', command: ['node', '--conditions=source', 'packages/events-contract-tests/src/bin/mutants.ts'] },
  { name: 'clauses', command: ['node', '--conditions=source', 'packages/events-contract-tests/src/bin/clauses.ts'] },
];

mkdirSync('reports', { recursive: true });
// Left over from an earlier run, they would be counted again. Turbo puts back those whose suite it need not repeat.
for (const report of globSync(['reports/*.json', '{packages/*,benchmarks,examples,integration}/reports/*.json'])) {
  if (!report.startsWith('reports/bench-')) rmSync(report);
}

const results = steps.map(({ name }) => ({ name, passed: false, seconds: 0 }));
const record = () => writeFileSync('reports/steps.json', `${JSON.stringify(results, null, 2)}\n`);

for (const [index, { name, command }] of steps.entries()) {
  console.log(`\n== ${name}: ${command.join(' ')}`);
  // Written before the step too: a step that takes the whole run down with it has then failed, not vanished.
  record();
  const startedAtMs = Date.now();
  const [file, ...args] = command;
  const { status } = spawnSync(file, args, { stdio: 'inherit' });
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
