/** What a new package or a new test could be missing from without a word. */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { steps } from '../scripts/steps.mjs';
import { missingScripts, testProjects, workspaceFolders } from '../scripts/workspace.mjs';
import { neverRuns } from './docs/invariants.ts';

const root = join(import.meta.dirname, '..');
const folders = workspaceFolders(root);

describe('the workspace', () => {
  test.each(folders)('$folder has every script it needs', (workspaceFolder) => {
    expect(missingScripts(workspaceFolder)).toEqual([]);
  });

  test('has every package.json there is', () => {
    const manifests = globSync('{*,packages/*}/package.json', { cwd: root, exclude: ['node_modules'] });
    expect(folders.map(({ folder }) => folder).toSorted()).toEqual(manifests.map((file) => dirname(file)).toSorted());
  });

  const isInstalled = (name: string) => name === 'node_modules' || name === 'dist';
  const testFiles = globSync('**/*.test{,-d}.{ts,mts,js,mjs}', { cwd: root, exclude: isInstalled }).filter(
    (file) => !file.startsWith('reports/'),
  );

  test('every test file belongs to one project, and every project has some', () => {
    const projects = testProjects(root);
    const among = (file: string, globs: readonly string[]) => globs.some((glob) => matchesGlob(file, glob));
    const homes = testFiles
      .filter((file) => !file.endsWith('.test-d.ts'))
      .map((file) => projects.filter(({ include, exclude }) => among(file, include) && !among(file, exclude)));
    expect(testFiles.filter((_, index) => homes[index]?.length === 0)).toEqual([]);
    expect(homes.filter(({ length }) => length > 1)).toEqual([]);
    expect(projects.filter((project) => !homes.flat().includes(project))).toEqual([]);
  });

  test.each(testProjects(root))('the project $project is run by a script, which leaves its report', (project) => {
    const scripts = folders.find(({ folder }) => folder === project.folder)?.scripts ?? {};
    expect(scripts[project.script]).toContain(` --project ${project.project} `);
    expect(scripts[project.script]?.endsWith(project.report)).toBe(true);
    const turbo = readFileSync(join(root, 'turbo.json'), 'utf8');
    expect(turbo).toContain(`"${project.script}": {`);
  });

  test('no test is skipped, left to do or expected to fail', () => {
    expect(testFiles.length).toBeGreaterThan(50);
    const found = testFiles.filter((file) => neverRuns(readFileSync(join(root, file), 'utf8')));
    expect(found).toEqual([]);
  });

  test.each([
    "it.skip('a', () => {});",
    "test.concurrent.skip('a', () => {});",
    "describe.todo('a');",
    "test.skipIf(process.env.CI)('a', () => {});",
    "test.runIf(docker)('a', () => {});",
    "test.fails('a', () => {});",
    "test.skip.each([1])('a', () => {});",
    "describe.each([1]).skip('a', () => {});",
    "xit('a', () => {});",
    "test('a', { skip: true }, () => {});",
    "test('a', (context) => context.skip());",
    "test('a', ({ skip }) => skip());",
  ])('%s never runs, or may not', (source) => expect(neverRuns(source)).toBe(true));

  test.each(['list().skip(3);', "test('skip: it', () => {});", 'const todo = 1;', 'codec.fails();'])(
    '%s is another thing',
    (source) => expect(neverRuns(source)).toBe(false),
  );
});

describe('sum-results.mjs', () => {
  let folder: string;

  function write(file: string, content: unknown): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
  }

  function sum(...args: string[]) {
    const { status, stdout } = spawnSync(process.execPath, ['scripts/sum-results.mjs', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { status, last: stdout.trimEnd().split('\n').at(-1), stdout };
  }

  function vitestReport(
    assertionResults: readonly { status: string; meta?: object }[],
    file = 'packages/a/src/a.test.ts',
  ) {
    const count = (status: string) => assertionResults.filter((test) => test.status === status).length;
    return {
      success: count('failed') === 0,
      numPassedTests: count('passed'),
      numFailedTests: count('failed'),
      testResults: [{ name: `/somewhere/${file}`, status: 'passed', assertionResults }],
    };
  }

  const passed = { status: 'passed' };
  const all = { build: '', typecheck: '', 'check:package': '', test: '' };

  /** A run in which everything passed: 9 steps, of which two are suites with two tests each, and pack-and-run. */
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'payments-events-sum-'));
    cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
    write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n');
    write('packages/a/package.json', { scripts: { ...all, 'test:brokers': '' } });
    write('packages/a/reports/vitest.json', vitestReport([passed, passed]));
    write('packages/a/reports/vitest-brokers.json', vitestReport([passed, passed]));
    write(
      'reports/steps.json',
      steps.map(({ name }) => ({ name, passed: true })),
    );
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test('counts every test and every other step', () => {
    expect(sum('test=0', 'pack-and-run=0')).toMatchObject({ status: 0, last: '12 passed, 0 failed' });
  });

  test('fails every step where there is no report of the steps, or half of one', () => {
    rmSync(join(folder, 'reports/steps.json'));
    expect(sum('test=0', 'pack-and-run=0')).toMatchObject({ status: 1, last: '1 passed, 9 failed' });
    write('reports/steps.json', '[{"name":"typecheck","pass');
    expect(sum('test=0', 'pack-and-run=0')).toMatchObject({ status: 1, last: '1 passed, 9 failed' });
  });

  test('fails a step that the report does not name', () => {
    write(
      'reports/steps.json',
      steps.slice(1).map(({ name }) => ({ name, passed: true })),
    );
    expect(sum('test=0')).toMatchObject({ status: 1, last: '10 passed, 1 failed' });
  });

  test('fails a skipped test, and says how many clauses are not claimed', () => {
    const notClaimed = { status: 'skipped', meta: { clause: { id: 'Z2', result: 'not claimed: no network' } } };
    write('packages/a/reports/vitest.json', vitestReport([passed, notClaimed]));
    const fine = sum('test=0');
    expect(fine).toMatchObject({ status: 0, last: '10 passed, 0 failed' });
    expect(fine.stdout).toContain('\n1 not claimed\n');
    for (const status of ['skipped', 'pending', 'todo', 'disabled']) {
      write('packages/a/reports/vitest.json', vitestReport([passed, notClaimed, { status }]));
      expect(sum('test=0')).toMatchObject({ status: 1, last: '10 passed, 1 failed' });
    }
  });

  test('fails a suite without a report, without a passed test, cut off, or with the tests of another package', () => {
    for (const report of [
      '{"numPassedTests":2,"success":true,"testRes',
      vitestReport([]),
      vitestReport([passed, passed], 'packages/b/src/b.test.ts'),
    ]) {
      write('packages/a/reports/vitest.json', report);
      expect(sum('test=0')).toMatchObject({ status: 1 });
    }
    rmSync(join(folder, 'packages/a/reports/vitest.json'));
    expect(sum('test=0')).toMatchObject({ status: 1, last: '9 passed, 1 failed' });
  });

  test('fails a broker suite without a report: one that had no broker', () => {
    rmSync(join(folder, 'packages/a/reports/vitest-brokers.json'));
    expect(sum('test=0')).toMatchObject({ status: 1, last: '9 passed, 1 failed' });
    write(
      'reports/steps.json',
      steps.map(({ name }) => ({ name, passed: name !== 'brokers' && name !== 'broker-tests' })),
    );
    expect(sum('test=1')).toMatchObject({ status: 1, last: '8 passed, 2 failed' });
  });

  test('fails a package without a test script, or any other that it needs', () => {
    write('packages/b/package.json', { scripts: { ...all, test: undefined } });
    write('packages/b/reports/vitest.json', vitestReport([passed], 'packages/b/src/b.test.ts'));
    expect(sum('test=0')).toMatchObject({ status: 1, last: '12 passed, 1 failed' });
  });

  test('fails what ended with another exit code, whatever the reports say', () => {
    expect(sum('test=1', 'pack-and-run=0')).toMatchObject({ status: 1, last: '12 passed, 1 failed' });
    expect(sum('test=0', 'pack-and-run=127')).toMatchObject({ status: 1, last: '11 passed, 1 failed' });
  });
});
