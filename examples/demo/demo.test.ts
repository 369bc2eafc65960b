import { join } from 'node:path';
import { describe, test } from 'vitest';
import { runProgram } from '../run-program.ts';

const demo = join(import.meta.dirname, 'main.ts');

describe('the demo', { timeout: 30_000 }, () => {
  test.concurrent('shows a retry, a dead letter and its redrive, adds up, and ends within ten seconds', async ({
    expect,
  }) => {
    const { exitCode, stdout, stderr } = await runProgram(demo);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const line of [
      /^ {4}↻ payment\.invoice\.paid failed in group demo-notifications, attempt 1: again in \d+ ms: the mail server does not answer$/m,
      /^ {4}✓ notifications: receipt for inv_\d+ sent on attempt 2$/m,
      /^ {4}✗ payment\.transaction\.succeeded dead-lettered in group demo-ledger after attempt 3: attempts-exhausted: the ledger has no account for CHF$/m,
      /^ +reason +attempts-exhausted after 3 attempts, at \S+Z$/m,
      /^ +group demo-ledger: 1 of 1 dead letters redriven$/m,
      /^✓ ledger: pay_\d+ booked, after an operator has redriven it$/m,
      /^✓ CHF +120\.00 published, 120\.00 announced at closing, 120\.00 in the ledger$/m,
      /^✓ dead letters +0 expected, 0 left$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    const seconds = /^✓ Everything adds up, after (\d+\.\d) s\.$/m.exec(stdout)?.[1];
    expect(Number(seconds)).toBeLessThan(10);
  });

  test.concurrent('fails when the ledger was tampered with', async ({ expect }) => {
    const { exitCode, stdout } = await runProgram(demo, '--cook-the-books');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✗ EUR +[\d,.]+ published/m);
    expect(stdout).toMatch(/^✗ This does not add up/m);
    expect(stdout).not.toMatch(/Everything adds up/);
  });

  test.concurrent('says what to do about a configuration that cannot be used', async ({ expect }) => {
    const { exitCode, stdout } = await runProgram(demo, 'no-such-file.json');
    expect(exitCode).toBe(1);
    expect(stdout).toBe('✗ The configuration file no-such-file.json does not exist.\n');
  });
});
