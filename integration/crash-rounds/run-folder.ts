import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';

/**
 * Carries out a run in a folder for its ledgers, and fails where it complains. The folder stays where something was wrong:
 * it is the evidence.
 *
 * @param environment what makes the same run again, before the command
 */
export async function inRunFolder(
  { annotate, task }: TestContext,
  environment: string,
  run: (folder: string) => Promise<{ readonly complaints: readonly string[] }>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'crash-rounds-'));
  const { complaints, ...figures } = await run(folder);
  await annotate(JSON.stringify(figures), 'figures');
  const again = `${environment} npx -y pnpm@12.21.0 test:brokers ${task.file.name}`.trim();
  expect(complaints, `again: ${again}\nledgers: ${folder}\n${JSON.stringify(figures)}`).toEqual([]);
  rmSync(folder, { recursive: true });
}
