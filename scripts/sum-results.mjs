/**
 * Sums what a run left in `reports/` and prints `N passed, N failed`. Plain JavaScript, because it also runs on the
 * machine's own Node when the installation itself has failed.
 *
 * Arguments: `<name>=<exit code>` of each command that was run, such as `test=0 pack-and-run=1`.
 *
 * - `test` must have left a result of every one of its steps in `reports/steps.json`. What is missing has failed.
 * - A suite that counts for itself leaves `reports/<suite>.json` with `passed` and `failed`; Vitest's reports lie in
 *   `<package>/reports/vitest.json`, and in `vitest-brokers.json` beside it. Any other step counts as one.
 * - A test that did not run has failed, unless it is a clause that is not claimed, with its reason.
 * - A command or step with a non-zero exit code has failed at least once, whatever its reports say or do not say.
 */
import { readFileSync } from 'node:fs';
import { steps } from './steps.mjs';
import { brokersScript, missingScripts, testProjects, workspaceFolders } from './workspace.mjs';

const total = { passed: 0, failed: 0, notClaimed: 0 };

function add(name, passed, failed, remark = '') {
  total.passed += passed;
  total.failed += failed;
  console.log(`${failed > 0 ? '✗' : '✓'} ${name}: ${passed} passed, ${failed} failed${remark}`);
}

/** The parsed report; `undefined` if there is none or it was cut off half way. */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

const isCount = (value) => Number.isInteger(value) && value >= 0;
/** A log is long, and often only its end is kept: the summary says what failed, and the log above it says why. */
const firstLine = (messages) => (messages?.[0] ?? '').split('\n', 1)[0].slice(0, 400);
const isNotClaimed = ({ meta }) => meta?.clause?.result?.startsWith('not claimed: ') === true;

function addSuite({ folder, script, report: file }) {
  const report = readReport(file);
  const name = script === brokersScript ? `tests with brokers of ${folder}` : `tests of ${folder}`;
  if (!Array.isArray(report?.testResults) || ![report.numPassedTests, report.numFailedTests].every(isCount)) {
    add(name, 0, 1, ', no report');
    return;
  }
  const elsewhere = report.testResults.filter((file) => !file.name.includes(`/${folder}/`));
  // A file that did not even load has no failed test in it.
  const crashedFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const unrun = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed');
  const notClaimed = unrun.filter(isNotClaimed).length;
  const skipped = unrun.filter((test) => !isNotClaimed(test));
  const failed = report.numFailedTests + crashedFiles.length + skipped.length + elsewhere.length;
  total.notClaimed += notClaimed;
  const remark = notClaimed > 0 ? `, ${notClaimed} not claimed` : '';
  add(
    name,
    report.numPassedTests,
    report.success === true && report.numPassedTests > 0 ? failed : Math.max(failed, 1),
    remark,
  );
  for (const { status, fullName } of skipped) console.log(`    ${status}: ${fullName}`);
  for (const { name: file, message } of crashedFiles) console.log(`    failed: ${file}\n      ${firstLine([message])}`);
  for (const test of report.testResults.flatMap(({ assertionResults }) => assertionResults)) {
    if (test.status === 'failed') console.log(`    failed: ${test.fullName}\n      ${firstLine(test.failureMessages)}`);
  }
  for (const file of elsewhere) console.log(`    not a test of ${folder}: ${file.name}`);
}

function addVitest(step, stepPassed) {
  const failedBefore = total.failed;
  for (const workspaceFolder of step === 'tests' ? workspaceFolders('.') : []) {
    const missing = missingScripts(workspaceFolder);
    if (missing.length > 0) add(`scripts of ${workspaceFolder.folder}`, 0, 1, `, without ${missing.join(', ')}`);
  }
  const suites = testProjects('.').filter(({ script }) => (script === brokersScript) === (step === 'broker-tests'));
  suites.forEach(addSuite);
  if (!stepPassed && total.failed === failedBefore) add(step, 0, 1);
}

function addSteps() {
  const results = readReport('reports/steps.json');
  for (const { name } of steps) {
    if (!Array.isArray(results)) {
      // Without it, whatever else lies in `reports/` may be from another run.
      add(name, 0, 1, ', no result');
      continue;
    }
    const passed = results.find((result) => result?.name === name)?.passed === true;
    const counted = readReport(`reports/${name}.json`);
    if (name === 'tests' || name === 'broker-tests') addVitest(name, passed);
    else if (isCount(counted?.passed) && isCount(counted?.failed)) {
      add(name, counted.passed, passed ? counted.failed : Math.max(counted.failed, 1));
    } else add(name, passed ? 1 : 0, passed ? 0 : 1);
  }
}

for (const argument of process.argv.slice(2)) {
  const [name, code] = argument.split('=');
  if (name !== 'test') {
    add(name, code === '0' ? 1 : 0, code === '0' ? 0 : 1);
    continue;
  }
  const failedBefore = total.failed;
  addSteps();
  if (code !== '0' && total.failed === failedBefore) add('test', 0, 1);
}

if (total.notClaimed > 0) console.log(`${total.notClaimed} not claimed`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
