/**
 * Sums what a run left in `reports/` and prints `N passed, N failed`. Plain JavaScript, because it also runs on the
 * machine's own Node when the installation itself has failed.
 *
 * Arguments: `<name>=<exit code>` of each command that was run, such as `test=0 pack-and-run=1`.
 *
 * - A suite that counts for itself leaves `reports/<suite>.json` with `passed` and `failed`; Vitest's reports lie in
 *   `<package>/reports/vitest.json`. Any other step counts as one.
 * - A command or step with a non-zero exit code has failed at least once, whatever its reports say or do not say.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const total = { passed: 0, failed: 0 };

function add(name, passed, failed) {
  total.passed += passed;
  total.failed += failed;
  console.log(`${failed > 0 ? '✗' : '✓'} ${name}: ${passed} passed, ${failed} failed`);
}

/** The parsed report; `undefined` if there is none or it was cut off half way. */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The folders of the workspace whose package has a `test` script: each must have left a Vitest report. */
function testedFolders() {
  const folders = [
    ...readdirSync('packages').map((name) => `packages/${name}`),
    'benchmarks',
    'examples',
    'integration',
  ];
  return folders.filter(
    (folder) =>
      existsSync(`${folder}/package.json`) && JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).scripts?.test,
  );
}

function addVitest(stepPassed) {
  const failedBefore = total.failed;
  for (const folder of testedFolders()) {
    const report = readReport(`${folder}/reports/vitest.json`);
    // A file that did not even load has no failed test in it.
    const crashedFiles = (report?.testResults ?? []).filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    ).length;
    const failed = (report?.numFailedTests ?? 0) + crashedFiles;
    add(`tests of ${folder}`, report?.numPassedTests ?? 0, report?.success ? failed : Math.max(failed, 1));
  }
  if (!stepPassed && total.failed === failedBefore) add('tests', 0, 1);
}

for (const argument of process.argv.slice(2)) {
  const [name, code] = argument.split('=');
  if (name !== 'test') {
    add(name, code === '0' ? 1 : 0, code === '0' ? 0 : 1);
    continue;
  }
  const failedBefore = total.failed;
  for (const step of readReport('reports/steps.json') ?? []) {
    const counted = readReport(`reports/${step.name}.json`);
    if (step.name === 'tests') addVitest(step.passed);
    else if (Number.isInteger(counted?.passed) && Number.isInteger(counted?.failed)) {
      add(step.name, counted.passed, step.passed ? counted.failed : Math.max(counted.failed, 1));
    } else add(step.name, step.passed ? 1 : 0, step.passed ? 0 : 1);
  }
  if (code !== '0' && total.failed === failedBefore) add('test', 0, 1);
}

console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
