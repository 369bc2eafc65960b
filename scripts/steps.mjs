/**
 * What `pnpm test` does, in order: `test.ts` runs the steps, `sum-results.mjs` expects a result of each. Plain
 * JavaScript, because the latter also runs on the machine's own Node.
 *
 * @type {readonly { readonly name: string, readonly command: readonly [string, ...string[]] }[]}
 */
export const steps = [
  { name: 'typecheck', command: ['turbo', 'run', 'typecheck', 'typecheck:root', '--continue'] },
  { name: 'lint', command: ['turbo', 'run', 'lint:code', 'lint:format', 'lint:unused', '--continue'] },
  { name: 'build', command: ['turbo', 'run', 'build', '--continue'] },
  { name: 'packages', command: ['turbo', 'run', 'check:package', '--continue'] },
  // Says early which way leads to a broker, or which command is missing.
  { name: 'brokers', command: ['node', 'integration/brokers/bin/prepare.ts'] },
  // One suite at a time: their deadlines are real time, and two suites side by side would share two cores.
  { name: 'tests', command: ['turbo', 'run', 'test', '--continue', '--concurrency=1'] },
  { name: 'broker-tests', command: ['node', 'integration/brokers/bin/run-suites.ts'] },
  { name: 'mutants', command: ['node', '--conditions=source', 'packages/events-contract-tests/src/bin/mutants.ts'] },
  { name: 'clauses', command: ['node', '--conditions=source', 'packages/events-contract-tests/src/bin/clauses.ts'] },
];
