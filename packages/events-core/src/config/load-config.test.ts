import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { loadConfig } from './load-config.ts';

let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payments-events-'));
  file = join(folder, 'payment_config.json');
});
afterAll(() => rm(folder, { recursive: true }));

async function refusalOf(path: string): Promise<ConfigurationError> {
  const error: unknown = await loadConfig(path, { env: {} }).catch((thrown: unknown) => thrown);
  if (ConfigurationError.isInstance(error)) return error;
  throw new Error('was not refused');
}

describe('loadConfig', () => {
  it('reads a file of settings and lets the environment override it', async () => {
    await writeFile(file, '{ "providers": {}, "messaging": { "broker_type": "redis", "url": "redis://localhost" } }');
    const { messaging } = await loadConfig(file, { env: { MESSAGING__STREAM_MAXLEN: '7' } });
    expect(messaging).toMatchObject({ broker_type: 'redis', url: 'redis://localhost', stream_maxlen: 7 });
  });

  it('reads a file that an editor began with a byte order mark', async () => {
    await writeFile(file, '\uFEFF{ "messaging": { "broker_type": "memory" } }');
    expect((await loadConfig(file, { env: {} })).messaging).toEqual({ broker_type: 'memory' });
  });

  it('names a file that is missing', async () => {
    const missing = join(folder, 'nowhere.json');
    const error = await refusalOf(missing);
    expect(error.path).toBe(missing);
    expect(error.message).toBe(`The configuration file ${missing} does not exist.`);
  });

  it('names a file that cannot be read, and why', async () => {
    const error = await refusalOf(folder);
    expect(error.path).toBe(folder);
    expect(error.message).toContain('EISDIR');
  });

  it('says where a file stops being JSON, and shows nothing of what is there', async () => {
    await writeFile(
      file,
      '{\n  "messaging": {\n    "password": "hunter2" "url": "redis://me:hunter2@localhost"\n  }\n}',
    );
    const error = await refusalOf(file);
    expect(error.path).toBe(file);
    expect(error.message).toBe(`The configuration file ${file} is not valid JSON: line 3, column 27.`);
    expect(inspect(error, { showHidden: true, depth: null }).replaceAll(file, '')).not.toContain('hunter2');
  });
});
