import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrokerAdapter } from '../contract/adapter.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { installCommand } from './install-command.ts';
import { locatePackage } from './locate-package.ts';
import type { MessagingConfig } from './messaging-config.ts';

/** What an adapter package exports so that a configuration can name its broker. */
export interface AdapterPackage {
  /** @throws {ConfigurationError} for a section of another `broker_type`, or one it cannot serve. */
  adapterFromConfiguration(messaging: MessagingConfig): BrokerAdapter;
}

const contractVersion = 1;
const path = 'messaging.broker_type';

/**
 * The adapter for a configuration, from `@payments/events-<broker_type>` as the application has it installed. Never
 * another one instead.
 * @param options.from a folder of the application. @default the working directory, then the folder of the main script
 * @throws {ConfigurationError} when the package is not installed (with the command that installs it), cannot be loaded
 * (with the reason as `cause`), or does not fit this core.
 */
export async function loadAdapter(
  messaging: MessagingConfig,
  options: { readonly from?: string } = {},
): Promise<BrokerAdapter> {
  const name = `@payments/events-${messaging.broker_type}`;
  const folders = options.from === undefined ? applicationFolders() : [resolve(options.from)];
  const loaded = await importPackage(name, folders);
  if (!isAdapterPackage(loaded)) {
    throw new ConfigurationError(
      `${name} exports no adapterFromConfiguration(): it is too old for this @payments/events-core, or not an adapter. Install matching versions.`,
      path,
    );
  }
  const adapter = loaded.adapterFromConfiguration(messaging);
  if (adapter.contractVersion !== contractVersion) {
    throw new ConfigurationError(
      `${name} speaks contract version ${String(adapter.contractVersion)}, this @payments/events-core speaks version ${contractVersion}. Install matching versions.`,
      path,
    );
  }
  return adapter;
}

function applicationFolders(): readonly [string, ...string[]] {
  const script = process.argv[1];
  return script === undefined ? [process.cwd()] : [process.cwd(), dirname(script)];
}

async function importPackage(name: string, folders: readonly string[]): Promise<unknown> {
  try {
    // Last, where this file itself is installed: a bundler or a flat node_modules may have the adapter beside core.
    for (const folder of [...folders, dirname(fileURLToPath(import.meta.url))]) {
      const url = locatePackage(name, folder);
      if (url !== undefined) return await import(url);
    }
  } catch (error) {
    throw new ConfigurationError(`${name} is installed and cannot be loaded. The cause says why.`, path, {
      cause: error,
    });
  }
  throw new ConfigurationError(
    `${name} is not installed, and broker_type asks for it. Install it: ${installCommand(name, folders[0] ?? process.cwd())}`,
    path,
  );
}

function isAdapterPackage(loaded: unknown): loaded is AdapterPackage {
  return (
    typeof loaded === 'object' &&
    loaded !== null &&
    'adapterFromConfiguration' in loaded &&
    typeof loaded.adapterFromConfiguration === 'function'
  );
}
