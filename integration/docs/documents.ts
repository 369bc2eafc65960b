import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** The text of a file of the repository. */
export function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** Files that match, as paths from the root, sorted. */
export function filesOf(...patterns: readonly string[]): readonly string[] {
  return globSync(patterns, { cwd: root, exclude: (name) => name.includes('node_modules') }).toSorted();
}

/** Every document a user may read. */
export const documents = filesOf('README.md', 'docs/**/*.md', 'packages/*/README.md');

/** The text outside of fenced code blocks. */
export function prose(text: string): string {
  return text.replace(/^(`{3,})[\s\S]*?^\1`*$/gm, '');
}

/** Targets of the links in a document that lead into the repository. */
export function relativeLinks(text: string): readonly string[] {
  const targets = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target));
}

/** What a heading is called in a link. */
export function anchors(text: string): readonly string[] {
  return [...prose(text).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** The row of a table whose first cell names this, in code; undefined where there is none. */
export function rowOf(text: string, name: string): string | undefined {
  return text.split('\n').find((line) => {
    const [, first = ''] = line.split('|');
    return [...first.matchAll(/`([^`]+)`/g)].some(([, code]) => code === name || code?.startsWith(`${name}(`));
  });
}

/** What stands in the last cell of a row. */
export function lastCell(row: string): string {
  return (
    row
      .split(/(?<!\\)\|/)
      .at(-2)
      ?.trim() ?? ''
  );
}

/** Without what differs between code and prose: quotes, and the way numbers are grouped. */
export function plain(text: string): string {
  return text.replaceAll(/[`'"\\]/g, '').replaceAll(/(?<=\d)[_,](?=\d)/g, '');
}

/** From one heading to the next of its level. */
export function section(text: string, heading: string): string {
  const [, rest = ''] = text.split(`\n${heading}\n`);
  const level = /^#+/.exec(heading)?.[0] ?? '#';
  return rest.split(new RegExp(`^#{1,${level.length}} `, 'm'))[0] ?? '';
}
