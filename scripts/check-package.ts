/**
 * Checks the package in the working directory as its users get it: packs it, then asks publint and "Are the types
 * wrong?" about the archive, and looks for what neither of them knows about: files that are not for users, and changes of the public surface.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { apiReport, reportFile } from './api-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'payments-events-'));
const problems: string[] = [];

function run(file: string, ...args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8' });
  if (error !== undefined) problems.push(`${file} could not be run: ${error.message}`);
  else if (status !== 0) problems.push(`${file} reports problems:\n${stdout}${stderr}`);
}

try {
  const archive = join(folder, 'package.tgz');
  execFileSync('pnpm', ['pack', '--out', archive], { stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  run('publint', 'run', archive, '--strict');
  run('attw', archive, '--profile', 'esm-only');

  const root = join(folder, 'package');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  for (const file of files) {
    if (/\.test(-d|-support)?\.|(^|\/)(bin|mutants|testing)\//.test(file))
      problems.push(`${file} is a test and must not be published`);
    if (file.endsWith('.map')) {
      const { sources } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { sources: string[] };
      const missing = sources.filter((source) => !files.includes(join(dirname(file), source)));
      if (missing.length > 0) problems.push(`${file} points to ${missing.join(', ')}, which is not published`);
    }
  }
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');
  if (manifest.includes('"source"')) problems.push('the published exports still have the condition "source"');
  if (/"(workspace|catalog):/.test(manifest))
    problems.push('the published manifest has a workspace: or catalog: range');
  for (const file of ['README.md', 'LICENSE']) if (!files.includes(file)) problems.push(`${file} is missing`);
  const report = reportFile(process.cwd());
  if (!existsSync(report) || readFileSync(report, 'utf8') !== apiReport(process.cwd()))
    problems.push(
      `the public surface is not that of ${relative(join(import.meta.dirname, '..'), report)}. Run: pnpm api:update`,
    );
} finally {
  rmSync(folder, { recursive: true });
}

if (problems.length === 0) console.log('✓ publint, attw, the contents of the archive and the public surface');
for (const problem of problems) console.error(`✗ ${problem}`);
if (problems.length > 0) process.exitCode = 1;
