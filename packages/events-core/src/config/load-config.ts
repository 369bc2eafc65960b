import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { describeError } from '../errors/describe-error.ts';
import { jsonSyntaxError } from './json-syntax-error.ts';
import { parseConfig, type Config, type ParseConfigOptions } from './parse-config.ts';

/**
 * Reads an application's configuration file, JSON in UTF-8, and checks its `messaging` section as `parseConfig` does.
 * @param options.env overrides, `MESSAGING__URL` and so on. Here the default is `process.env`.
 * @throws {ConfigurationError} naming the file, the path in it or the variable.
 */
export async function loadConfig(path: string, { env = process.env }: ParseConfigOptions = {}): Promise<Config> {
  return parseConfig(parseJson(await textOf(path), path), { env });
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = missing ? 'does not exist' : `cannot be read: ${describeError(error).text}`;
    throw new ConfigurationError(`The configuration file ${path} ${reason}.`, path, { cause: error });
  }
}

/** What `JSON.parse` throws quotes the text around the fault, which may be a password: it is neither shown nor kept as the cause. */
function parseJson(text: string, path: string): unknown {
  const json = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(json);
  } catch {
    const { line, column } = jsonSyntaxError(json);
    throw new ConfigurationError(
      `The configuration file ${path} is not valid JSON: line ${line}, column ${column}.`,
      path,
    );
  }
}
