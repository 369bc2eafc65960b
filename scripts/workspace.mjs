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

/** Suites that need a broker lie in a folder named for it. */
const brokerSuites = 'integration/{rabbitmq,kafka,redis,nats}/**/*.test.ts';

/**
 * The Vitest projects: one for each folder, and one for the suites that need a broker.
 *
 * @param {string} root
 * @returns {{ project: string, folder: string, script: string, report: string, include: string[], exclude: string[] }[]}
 * `script` is what runs it in that folder, `report` where that leaves the results.
 */
export function testProjects(root) {
  const never = ['**/node_modules/**', '**/dist/**'];
  return workspaceFolders(root).flatMap(({ folder, project, scripts }) => {
    const own = { project, folder, script: 'test', report: `${folder}/reports/vitest.json` };
    const all = { ...own, include: [`${folder}/**/*.test.ts`], exclude: [...never, brokerSuites] };
    if (scripts[brokersScript] === undefined) return [all];
    const brokers = {
      project: 'brokers',
      folder,
      script: brokersScript,
      report: `${folder}/reports/vitest-brokers.json`,
    };
    return [all, { ...brokers, include: [brokerSuites], exclude: never }];
  });
}

/** The script of a folder that has suites that need a broker. */
export const brokersScript = 'test:brokers';

/**
 * @param {ReturnType<typeof workspaceFolders>[number]} workspaceFolder
 * @returns {string[]} the scripts it lacks
 */
export function missingScripts({ folder, scripts }) {
  const needed = folder.startsWith('packages/') ? scriptsOfPackages : scriptsOfOthers;
  return needed.filter((name) => scripts[name] === undefined);
}
