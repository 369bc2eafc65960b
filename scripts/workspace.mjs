/**
 * The folders of the workspace, as `pnpm-workspace.yaml` lists them, so that nothing keeps a list of its own that a new
 * package could be missing from. Plain JavaScript, because `sum-results.mjs` also runs on the machine's own Node.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What each package needs, or Turbo passes it over without a word; folders that are not published need less. */
const scriptsOfPackages = ['build', 'typecheck', 'check:package', 'test'];
const scriptsOfOthers = ['typecheck', 'test'];

/**
 * @param {string} root
 * @returns {{ folder: string, project: string, scripts: Record<string, string> }[]} `folder` is relative to the root;
 * `project` is the name of its Vitest project, `kafka` for `packages/events-kafka`.
 */
export function workspaceFolders(root) {
  const yaml = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const list = /^packages:\n((?: {2}- .+\n)+)/m.exec(yaml)?.[1] ?? '';
  const folders = [...list.matchAll(/^ {2}- '?([\w./*-]+?)'?$/gm)].flatMap(([, pattern = '']) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
  });
  if (folders.length === 0)
    throw new Error('pnpm-workspace.yaml lists no packages that scripts/workspace.mjs can read');
  return folders
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({
      folder,
      project: folder.replace(/^packages\/(events-)?/, ''),
      scripts: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).scripts ?? {},
    }));
}

/**
 * @param {ReturnType<typeof workspaceFolders>[number]} workspaceFolder
 * @returns {string[]} the scripts it lacks
 */
export function missingScripts({ folder, scripts }) {
  const needed = folder.startsWith('packages/') ? scriptsOfPackages : scriptsOfOthers;
  return needed.filter((name) => scripts[name] === undefined);
}
