import { defineConfig } from 'vitest/config';
import { SlowFilesFirst } from './integration/brokers/slow-files-first.ts';
import { brokersScript, testProjects } from './scripts/workspace.mjs';

/** `source` lets one package use another's TypeScript as it stands, so no test needs a build. */
const conditions = ['source', 'module', 'node', 'development|production'];

/** Brokers are started, stopped and killed, in real time. */
const withBroker = {
  globalSetup: 'integration/brokers/vitest-setup.ts',
  testTimeout: 60_000,
  hookTimeout: 180_000,
};

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // A forgotten `.only` fails, and so does a project in which no test file is found. Tests that are skipped pass here:
    // `integration/tests.test.ts` finds them in the sources, `scripts/sum-results.mjs` in the results.
    allowOnly: false,
    passWithNoTests: false,
    sequence: { sequencer: SlowFilesFirst },
    projects: testProjects(import.meta.dirname).map(({ project, script, include, exclude }) => ({
      extends: true,
      test: { name: project, include, exclude, ...(script === brokersScript ? withBroker : {}) },
    })),
  },
});
