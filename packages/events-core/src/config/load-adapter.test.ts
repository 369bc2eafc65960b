import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { loadAdapter } from './load-adapter.ts';
import type { MessagingConfig } from './messaging-config.ts';

/** A broker nobody has: pnpm's NODE_PATH shows the real adapters to every program it starts. */
const messaging = { broker_type: 'imaginary' } as unknown as MessagingConfig;

/** An application with node_modules of its own. */
let application = '';
beforeEach(async () => {
  application = await mkdtemp(join(tmpdir(), 'payments-events-'));
  vi.stubEnv('npm_config_user_agent', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(application, { recursive: true });
});

async function install(
  source: string | undefined,
  exports: object = { '.': { types: './index.d.ts', default: './index.js' } },
) {
  const folder = join(application, 'node_modules/@payments/events-imaginary');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: '@payments/events-imaginary', type: 'module', exports }),
  );
  if (source !== undefined) await writeFile(join(folder, 'index.js'), source);
}

const load = () => loadAdapter(messaging, { from: application });

async function refusal(): Promise<ConfigurationError> {
  const error: unknown = await load().catch((thrown: unknown) => thrown);
  if (!ConfigurationError.isInstance(error)) throw new Error('was not refused', { cause: error });
  expect(error.path).toBe('messaging.broker_type');
  return error;
}

describe('loadAdapter', () => {
  it('gives the configuration to the adapter package of the application', async () => {
    await install(
      'export const adapterFromConfiguration = (messaging) => ({ contractVersion: 1, system: messaging.broker_type });',
    );
    expect(await load()).toEqual({ contractVersion: 1, system: 'imaginary' });
  });

  it('names the command that installs a missing package', async () => {
    expect((await refusal()).message).toContain('Install it: npm install @payments/events-imaginary');
  });

  it.each([
    ['pnpm-lock.yaml', 'pnpm add'],
    ['yarn.lock', 'yarn add'],
    ['package-lock.json', 'npm install'],
  ])('knows the package manager by its %s', async (lockFile, command) => {
    await writeFile(join(application, lockFile), '');
    expect((await refusal()).message).toContain(`${command} @payments/events-imaginary`);
  });

  it('knows the package manager that runs the program', async () => {
    vi.stubEnv('npm_config_user_agent', 'pnpm/12.21.0 npm/? node/v24.21.0 linux x64');
    await writeFile(join(application, 'yarn.lock'), '');
    expect((await refusal()).message).toContain('pnpm add @payments/events-imaginary');
  });

  it('does not call a package missing that fails to load', async () => {
    await install('throw new Error("the client library is broken");');
    const error = await refusal();
    expect(error.message).toContain('is installed and cannot be loaded');
    expect(error.cause).toMatchObject({ message: 'the client library is broken' });
  });

  it('does not call a package missing whose entry is missing', async () => {
    await install(undefined);
    expect((await refusal()).message).toContain('is installed and cannot be loaded');
  });

  it('does not call a package missing that has no entry', async () => {
    await install('', { './other': './index.js' });
    expect((await refusal()).cause).toMatchObject({ code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
  });

  it('refuses a package that is no adapter', async () => {
    await install('export const imaginary = () => {};');
    expect((await refusal()).message).toContain('exports no adapterFromConfiguration()');
  });

  it('refuses an adapter of another contract, naming both versions', async () => {
    await install('export const adapterFromConfiguration = () => ({ contractVersion: 2 });');
    expect((await refusal()).message).toContain(
      'speaks contract version 2, this @payments/events-core speaks version 1',
    );
  });

  it('passes on what the adapter says of its configuration', async () => {
    await install('export const adapterFromConfiguration = () => { throw new RangeError("capacity"); };');
    await expect(load()).rejects.toThrow(RangeError);
  });
});
