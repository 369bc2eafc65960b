import { defineConfig } from 'vitest/config';

/** `source` lets one package use another's TypeScript as it stands, so no test needs a build. */
const conditions = ['source', 'module', 'node', 'development|production'];

const files = {
  core: 'packages/events-core/src/**/*.test.ts',
  memory: 'packages/events-memory/src/**/*.test.ts',
  contract: 'packages/events-contract-tests/src/**/*.test.ts',
  examples: 'examples/**/*.test.ts',
  benchmarks: 'benchmarks/**/*.test.ts',
  integration: 'integration/**/*.test.ts',
};

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // A forgotten `.only`, a test without assertions to run or a suite without tests fails, it does not pass quietly.
    allowOnly: false,
    passWithNoTests: false,
    projects: Object.entries(files).map(([name, include]) => ({ extends: true, test: { name, include: [include] } })),
  },
});
