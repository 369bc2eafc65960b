/** Declarations of an application that uses core: its compiler must be able to name every type it infers. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const core = join(root, 'packages/events-core');
const folder = mkdtempSync(join(tmpdir(), 'payments-events-application-'));

function tsc(...args: string[]): string {
  const { stdout, error } = spawnSync(join(root, 'node_modules/.bin/tsc'), args, { cwd: folder, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return stdout;
}

/** Core as npm would place it: in a `node_modules` that holds declarations and no sources. */
beforeAll(() => {
  const installed = join(folder, 'node_modules/@payments/events-core');
  mkdirSync(installed, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(core, 'package.json'), 'utf8')) as {
    readonly publishConfig: { readonly exports: object };
    readonly dependencies: object;
  };
  const published = { ...manifest, exports: manifest.publishConfig.exports };
  writeFileSync(join(installed, 'package.json'), JSON.stringify(published));
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(join(installed, 'node_modules', name, '..'), { recursive: true });
    symlinkSync(join(core, 'node_modules', name), join(installed, 'node_modules', name));
  }
  const outDir = join(installed, 'dist');
  expect(tsc('-p', join(core, 'tsconfig.build.json'), '--outDir', outDir, '--emitDeclarationOnly')).toBe('');

  cpSync(join(import.meta.dirname, 'application'), join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    declaration: true,
    skipLibCheck: true,
    rootDir: 'src',
    outDir: 'dist',
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

test('an application that exports catalogues, consumers, publishers and entries can write its declarations', () => {
  expect(tsc('-p', 'tsconfig.json')).toBe('');
  const declarations = readFileSync(join(folder, 'dist/application.d.ts'), 'utf8');
  for (const name of ['events', 'consumer', 'publisher', 'letters', 'invoice', 'onLogged', 'lastErrors'])
    expect(declarations).toMatch(new RegExp(`export declare (const|function) ${name}\\b`));
  // What has no exported name appears as a path into the package, which its users cannot import.
  expect(declarations).not.toMatch(/events-core\/(dist|src)\//);
  expect(declarations).not.toMatch(/\bany\b/);
});
