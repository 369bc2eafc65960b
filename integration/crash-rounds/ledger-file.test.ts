import { mkdtempSync, readdirSync, rmSync, truncateSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLedgerFile, readLedgerFiles } from './ledger-file.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'ledger-file-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('what was written is read again, of one program or of all', () => {
  const path = folder();
  openLedgerFile(path, 'publisher').write({ kind: 'intended', id: 'a-1', key: 'a', number: 1 });
  openLedgerFile(path, 'consumer-1').write({ kind: 'acknowledged', id: 'b' });
  expect(readLedgerFiles(path, 'publisher')).toEqual([{ kind: 'intended', id: 'a-1', key: 'a', number: 1 }]);
  expect(readLedgerFiles(path)).toHaveLength(2);
});

test('a line that a kill has torn was not written, and spoils no other', () => {
  const path = folder();
  const ledger = openLedgerFile(path, 'publisher');
  ledger.write({ kind: 'acknowledged', id: 'a' });
  ledger.write({ kind: 'acknowledged', id: 'b' });
  const file = join(path, readdirSync(path)[0] ?? '');
  truncateSync(file, statSync(file).size - 5);
  expect(readLedgerFiles(path)).toEqual([{ kind: 'acknowledged', id: 'a' }]);
});
