import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the bench runs; how fast is not for a test to judge', { timeout: 30_000 }, async () => {
  const args = ['--conditions=source', '--expose-gc', join(import.meta.dirname, 'main.ts'), '--quick'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stderr).toBe('');
  for (const line of [
    'events per second',
    'the floor',
    'heap after 1,000 events',
    'ordering key, 10,000 keys',
    '1,000 accepted',
  ]) {
    expect(stdout).toContain(line);
  }
});
