import { defineConfig } from 'vitest/config';
import { workspaceFolders } from './scripts/workspace.mjs';

/** `source` lets one package use another's TypeScript as it stands, so no test needs a build. */
const conditions = ['source', 'module', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // A forgotten `.only` fails, and so does a project in which no test file is found. Tests that are skipped pass here:
    // `integration/tests.test.ts` finds them in the sources, `scripts/sum-results.mjs` in the results.
    allowOnly: false,
    passWithNoTests: false,
    projects: workspaceFolders(import.meta.dirname).map(({ folder, project }) => ({
      extends: true,
      test: { name: project, include: [`${folder}/**/*.test.ts`], exclude: ['**/node_modules/**', '**/dist/**'] },
    })),
  },
});
