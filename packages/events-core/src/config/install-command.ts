import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const managers = [
  { name: 'pnpm', lockFile: 'pnpm-lock.yaml', command: 'pnpm add' },
  { name: 'yarn', lockFile: 'yarn.lock', command: 'yarn add' },
  { name: 'npm', lockFile: 'package-lock.json', command: 'npm install' },
] as const;

/** How to install a package in the application: by the package manager that runs it, else by the nearest lock file, else by npm. */
export function installCommand(packageName: string, from: string): string {
  const agent = process.env['npm_config_user_agent'] ?? '';
  const manager = managers.find(({ name }) => agent.startsWith(`${name}/`)) ?? managerOf(from);
  return `${manager?.command ?? 'npm install'} ${packageName}`;
}

function managerOf(folder: string): (typeof managers)[number] | undefined {
  const manager = managers.find(({ lockFile }) => existsSync(join(folder, lockFile)));
  const parent = dirname(folder);
  return manager ?? (parent === folder ? undefined : managerOf(parent));
}
