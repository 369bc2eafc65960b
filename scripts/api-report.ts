/**
 * The public surface of each package as its users' compiler sees it, from the built declarations: what each entry
 * exports, and whatever those declarations mention. It lies in `docs/api/`, so that every change of it shows in review.
 *
 * Usage: `pnpm api:update`, after a build. `check-package.ts` fails where a report differs.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const reports = join(import.meta.dirname, '../docs/api');

/** A declaration of a file, without its comments. */
interface Declaration {
  readonly name: string;
  readonly text: string;
}

interface Module {
  readonly declarations: readonly Declaration[];
  /** Local name → where it comes from. `name` is `*` for a whole namespace. */
  readonly imports: ReadonlyMap<string, Origin>;
  /** Exported name → local name, or where it comes from. */
  readonly exports: ReadonlyMap<string, string | Origin>;
}

interface Origin {
  readonly from: string;
  readonly name: string;
}

/** Statements begin at the margin in declarations that `tsc` wrote; what closes one there is part of it. */
function statementsOf(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const statements: string[] = [];
  for (const line of code.split('\n').filter((each) => each.trim() !== '')) {
    if (/^[\s})\]|&]/.test(line) && statements.length > 0) statements[statements.length - 1] += `\n${line.trimEnd()}`;
    else statements.push(line.trimEnd());
  }
  return statements;
}

/** `{ a, type B as C }` as pairs of the name there and the name here. */
function namesIn(list: string): [string, string][] {
  return list
    .split(',')
    .map((item) => item.trim().replace(/^type /, ''))
    .filter((item) => item !== '')
    .map((item) => {
      const [there = '', here = there] = item.split(' as ');
      return [there, here];
    });
}

const modules = new Map<string, Module>();

function readModule(file: string): Module {
  const known = modules.get(file);
  if (known !== undefined) return known;
  const declarations: Declaration[] = [];
  const imports = new Map<string, Origin>();
  const exports = new Map<string, string | Origin>();
  const fileOf = (specifier: string) =>
    specifier.startsWith('.') ? join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts')) : specifier;
  for (const statement of statementsOf(readFileSync(file, 'utf8'))) {
    const flat = statement.replaceAll(/\s+/g, ' ');
    const imported = /^import (?:type )?(?:\* as (\w+)|\{(.*)\}) from '(.+)';$/.exec(flat);
    const exported = /^export (?:type )?\{(.*)\}(?: from '(.+)')?;$/.exec(flat);
    const declared =
      /^(export )?(default )?(?:declare )?(?:abstract )?(?:const|let|function|class|interface|type|namespace|enum) (\w+)/.exec(
        flat,
      );
    if (imported !== null) {
      const [, namespace, list = '', specifier = ''] = imported;
      if (namespace !== undefined) imports.set(namespace, { from: fileOf(specifier), name: '*' });
      for (const [there, here] of namesIn(list)) imports.set(here, { from: fileOf(specifier), name: there });
    } else if (exported !== null) {
      const [, list = '', specifier] = exported;
      for (const [there, here] of namesIn(list))
        exports.set(here, specifier === undefined ? there : { from: fileOf(specifier), name: there });
    } else if (declared?.[3] !== undefined) {
      declarations.push({
        name: declared[3],
        text: statement.replace(/^export (default )?/, '').replace(/^declare /, ''),
      });
      if (declared[1] !== undefined) exports.set(declared[2] === undefined ? declared[3] : 'default', declared[3]);
    } else if (flat.startsWith('declare module ')) declarations.push({ name: flat, text: statement });
    else throw new Error(`${file}: scripts/api-report.ts cannot read ${flat}`);
  }
  const module = { declarations, imports, exports };
  modules.set(file, module);
  return module;
}

/** The file and local name behind an exported name; only the origin where it comes from another package. */
function resolve({ from, name }: Origin): Origin {
  if (!from.endsWith('.d.ts')) return { from, name };
  const target = readModule(from).exports.get(name);
  if (target === undefined) throw new Error(`${from} does not export ${name}`);
  if (typeof target !== 'string') return resolve(target);
  const imported = readModule(from).imports.get(target);
  return imported === undefined ? { from, name: target } : resolve(imported);
}

/** The names that a declaration may mean, out of strings. */
function identifiersOf(text: string): Set<string> {
  return new Set(text.replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''").match(/[A-Za-z_$][\w$]*/g));
}

function entryReport(entry: string, title: string): string {
  const reached = new Map<string, string>();
  const foreign = new Set<string>();
  function reach({ from, name }: Origin): void {
    if (!from.endsWith('.d.ts')) {
      foreign.add(`import '${from}': ${name}`);
      return;
    }
    const key = `${name} ${from}`;
    if (reached.has(key)) return;
    const { declarations, imports } = readModule(from);
    const own = declarations.filter((declaration) => declaration.name === name);
    if (own.length === 0) throw new Error(`${from} does not declare ${name}`);
    const text = own.map((declaration) => declaration.text).join('\n');
    reached.set(key, text);
    for (const identifier of identifiersOf(text)) {
      const imported = imports.get(identifier);
      if (imported !== undefined) reach(resolve(imported));
      else if (declarations.some((declaration) => declaration.name === identifier)) reach({ from, name: identifier });
    }
  }

  const exported = [...readModule(entry).exports.keys()].toSorted();
  const origins = exported.map((name) => ({ name, origin: resolve({ from: entry, name }) }));
  for (const { origin } of origins) reach(origin);
  const ownKeys = new Set(origins.map(({ origin }) => `${origin.name} ${origin.from}`));
  const renamed = origins.filter(({ name, origin }) => name !== origin.name || !origin.from.endsWith('.d.ts'));
  const textsOf = (isExported: boolean) =>
    [...reached]
      .filter(([key]) => ownKeys.has(key) === isExported)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, text]) => text);
  return [
    `// ${title}`,
    ...[...foreign].toSorted().map((line) => `// ${line}`),
    ...renamed.map(({ name, origin }) => `export { ${origin.name} as ${name} };`),
    ...textsOf(true).map((text) => `\nexport ${text}`),
    '\n// Not exported, but part of what is:',
    ...textsOf(false).map((text) => `\n${text}`),
  ].join('\n');
}

/** @param folder The package, built. */
export function apiReport(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  const entries = Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === 'string' ? [] : [entryReport(join(folder, target.types), join(manifest.name, path))],
  );
  return `// Made from the built declarations by \`pnpm api:update\`.\n\n${entries.join('\n\n')}\n`;
}

export function reportFile(folder: string): string {
  return join(reports, `${basename(folder)}.api.txt`);
}

if (import.meta.main) {
  mkdirSync(reports, { recursive: true });
  const packages = join(import.meta.dirname, '../packages');
  for (const name of readdirSync(packages)) {
    if (!existsSync(join(packages, name, 'package.json'))) continue;
    writeFileSync(reportFile(join(packages, name)), apiReport(join(packages, name)));
  }
}
