import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

const script = join(import.meta.dirname, '../scripts/readme-snippets.ts');

test('the documentation shows the programs as they are', { timeout: 30_000 }, async () => {
  expect(await runProgram(script, '--check')).toMatchObject({ exitCode: 0, stderr: '' });
});

describe('filling code blocks', { timeout: 30_000 }, () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'readme-snippets-'));
    write('examples/a.ts', 'const a = 1;\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');

  test.each(['README.md', 'docs/guide.md', 'packages/events-core/README.md'])(
    'a block of %s gets its file',
    async (file) => {
      write(file, 'Before\n<!-- snippet: examples/a.ts -->\n<!-- /snippet -->\nAfter\n');
      expect((await runProgram(script, '--check', root)).exitCode).toBe(1);
      expect((await runProgram(script, root)).exitCode).toBe(0);
      expect(read(file)).toBe(
        'Before\n<!-- snippet: examples/a.ts -->\n```ts\nconst a = 1;\n```\n<!-- /snippet -->\nAfter\n',
      );
      expect((await runProgram(script, '--check', root)).exitCode).toBe(0);
    },
  );

  test('a changed file is drift, which the check names and does not repair', async () => {
    write('README.md', '<!-- snippet: examples/a.ts -->\n```ts\nconst a = 0;\n```\n<!-- /snippet -->\n');
    const { exitCode, stderr } = await runProgram(script, '--check', root);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('README.md differs');
    expect(read('README.md')).toContain('const a = 0;');
  });

  test('a region is shown alone and moved to the left, and no block shows where regions begin and end', async () => {
    write('examples/b.ts', 'run(() => {\n  // #region inner\n  const b = {\n    c: 1,\n  };\n  // #endregion\n});\n');
    write(
      'README.md',
      '<!-- snippet: examples/b.ts#inner -->\n<!-- /snippet -->\n<!-- snippet: examples/b.ts -->\n<!-- /snippet -->\n',
    );
    await runProgram(script, root);
    expect(read('README.md')).toBe(
      '<!-- snippet: examples/b.ts#inner -->\n```ts\nconst b = {\n  c: 1,\n};\n```\n<!-- /snippet -->\n' +
        '<!-- snippet: examples/b.ts -->\n```ts\nrun(() => {\n  const b = {\n    c: 1,\n  };\n});\n```\n<!-- /snippet -->\n',
    );
  });

  test('a marker inside a code block is an example of a marker', async () => {
    const text = '```md\n<!-- snippet: examples/a.ts -->\n<!-- /snippet -->\n```\n';
    write('README.md', text);
    await runProgram(script, root);
    expect(read('README.md')).toBe(text);
  });

  test.each([
    [
      'a file that is not there',
      '<!-- snippet: examples/no.ts -->\n<!-- /snippet -->\n',
      'examples/no.ts cannot be read',
    ],
    [
      'a region that is not there',
      '<!-- snippet: examples/a.ts#no -->\n<!-- /snippet -->\n',
      'no closed "// #region no"',
    ],
    ['a block without an end', '<!-- snippet: examples/a.ts -->\ntext\n', 'has no <!-- /snippet -->'],
    ['an end without a beginning', '<!-- /snippet -->\n', 'without a beginning'],
  ])('%s is refused, and nothing is changed', async (_what, text, complaint) => {
    write('README.md', text);
    const { exitCode, stderr } = await runProgram(script, root);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(complaint);
    expect(read('README.md')).toBe(text);
  });
});
