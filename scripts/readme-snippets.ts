/**
 * Fills the code blocks of the documentation from the files that run. In Markdown,
 *
 *     <!-- snippet: examples/twenty-line.ts -->
 *     <!-- /snippet -->
 *
 * gets that file between its two lines, as a fenced block; `examples/dead-letters.ts#redrive` gets only what stands there
 * between `// #region redrive` and the next `// #endregion`. Lines that mark regions are never shown.
 *
 * Usage: `node scripts/readme-snippets.ts [--check] [root]`. With `--check` nothing is written, and the exit code is 1 if
 * a block differs from its file.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';

const documents = ['README.md', 'docs/**/*.md', 'packages/*/README.md'];

const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true });
const root = positionals[0] ?? join(import.meta.dirname, '..');
const problems: string[] = [];
let snippets = 0;

for (const document of globSync(documents, { cwd: root }).toSorted()) {
  const path = join(root, document);
  const text = readFileSync(path, 'utf8');
  const filled = fill(text, document);
  if (filled === text) continue;
  if (values.check === true)
    problems.push(`${document} differs from the files it shows. Run: node scripts/readme-snippets.ts`);
  else writeFileSync(path, filled);
}

for (const problem of problems) console.error(`✗ ${problem}`);
if (problems.length > 0) process.exitCode = 1;
else console.log(`✓ ${snippets} snippets`);

/** The document with each of its blocks as the block's file has it now. */
function fill(text: string, document: string): string {
  const lines: string[] = [];
  const problemsBefore = problems.length;
  let open: { readonly source: string; readonly line: number } | undefined;
  let fence: string | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    // A marker inside somebody's code block is an example of a marker.
    const ticks = /^\s*(`{3,})/.exec(line)?.[1];
    if (open === undefined && ticks !== undefined)
      fence = fence === undefined ? ticks : line.trim() === fence ? undefined : fence;
    const source = fence === undefined ? /^<!-- snippet: (\S+) -->$/.exec(line)?.[1] : undefined;
    if (source !== undefined) {
      if (open !== undefined) problems.push(`${document}:${open.line}: ${open.source} has no <!-- /snippet -->`);
      open = { source, line: index + 1 };
      lines.push(line, ...block(source, `${document}:${index + 1}`));
    } else if (line === '<!-- /snippet -->' && fence === undefined) {
      if (open === undefined) problems.push(`${document}:${index + 1}: <!-- /snippet --> without a beginning`);
      open = undefined;
      lines.push(line);
    } else if (open === undefined) lines.push(line);
  }
  if (open !== undefined) problems.push(`${document}:${open.line}: ${open.source} has no <!-- /snippet -->`);
  return problems.length > problemsBefore ? text : lines.join('\n');
}

function block(source: string, where: string): readonly string[] {
  snippets += 1;
  const [file = '', region] = source.split('#');
  let text: string;
  try {
    text = readFileSync(join(root, file), 'utf8');
  } catch {
    problems.push(`${where}: ${file} cannot be read`);
    return [];
  }
  const code = region === undefined ? text.trimEnd().split('\n') : regionOf(text.split('\n'), region);
  if (code === undefined) {
    problems.push(`${where}: ${file} has no closed "// #region ${region}"`);
    return [];
  }
  return [`\`\`\`${extname(file).slice(1)}`, ...code.filter((line) => !/^\s*\/\/ #(end)?region\b/.test(line)), '```'];
}

/** What stands in a region, moved to the left as far as it goes. */
function regionOf(lines: readonly string[], region: string): readonly string[] | undefined {
  const first = lines.findIndex((line) => line.trim() === `// #region ${region}`) + 1;
  const length = lines.slice(first).findIndex((line) => line.trim() === '// #endregion');
  if (first === 0 || length === -1) return undefined;
  const code = lines.slice(first, first + length);
  const indent = Math.min(...code.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return code.map((line) => line.slice(indent));
}
