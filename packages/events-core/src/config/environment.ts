import type { z } from 'zod';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { messagingSchemas, type BrokerType } from './messaging-config.ts';
import { unknownKeyProblem } from './unknown-key.ts';
import { tlsKeys } from './tls-config.ts';

/** Names and values as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One variable that says something about the `messaging` section. */
export interface Override {
  /** As it is spelled in the environment. */
  readonly name: string;
  /** Where its value goes: `['tls', 'ca_file']`. */
  readonly keys: readonly [string, ...string[]];
  readonly text: string;
}

const prefix = 'messaging__';

/**
 * The `MESSAGING__…` variables, in any case.
 * @throws {ConfigurationError} when two spellings of one name say different things.
 */
export function overridesIn(environment: Environment): readonly Override[] {
  const found = new Map<string, Override>();
  for (const [name, text] of Object.entries(environment)) {
    const lower = name.toLowerCase();
    if (text === undefined || !lower.startsWith(prefix)) continue;
    const [first = '', ...others] = lower.slice(prefix.length).split('__');
    const earlier = found.get(lower);
    if (earlier !== undefined && earlier.text !== text) {
      throw new ConfigurationError(
        `${name} and ${earlier.name} are the same setting with two values. Unset one.`,
        name,
      );
    }
    found.set(lower, { name, keys: [first, ...others], text });
  }
  return [...found.values()];
}

/**
 * A copy of the section with the overrides in it.
 * @throws {ConfigurationError} for a variable that names no key of the broker.
 */
export function overridden(
  section: Readonly<Record<string, unknown>>,
  overrides: readonly Override[],
  broker: BrokerType,
): Readonly<Record<string, unknown>> {
  const result: Record<string, unknown> = { ...section };
  for (const { name, keys, text } of overrides) {
    const [key, inner, ...deeper] = keys;
    const schema = deeper.length === 0 ? schemaAt(broker, key, inner) : undefined;
    if (schema === undefined) throw unknownVariable(name, keys, broker);
    const value = fitting(schema, text);
    if (inner === undefined) result[key] = value;
    else result[key] = { ...(isRecord(result[key]) ? result[key] : {}), [inner]: value };
  }
  return result;
}

function schemaAt(broker: BrokerType, key: string, inner: string | undefined): z.ZodType | undefined {
  const keys: Readonly<Record<string, z.ZodType>> = messagingSchemas[broker].shape;
  if (!Object.hasOwn(keys, key)) return undefined;
  if (inner === undefined) return keys[key];
  const innerKeys: Readonly<Record<string, z.ZodType>> = key === 'tls' ? tlsKeys : {};
  return Object.hasOwn(innerKeys, inner) ? innerKeys[inner] : undefined;
}

/** The text as what the key takes: text where text fits, so that a password of digits stays text. */
function fitting(schema: z.ZodType, text: string): unknown {
  const readings: unknown[] = [text];
  if (/^-?\d+(\.\d+)?$/.test(text)) readings.push(Number(text));
  if (/^(true|false)$/i.test(text)) readings.push(text.toLowerCase() === 'true');
  // None fits: the last is the one whose refusal says most.
  return readings.find((reading) => schema.safeParse(reading).success) ?? readings.at(-1);
}

function unknownVariable(name: string, keys: readonly string[], broker: BrokerType): ConfigurationError {
  const inTls = keys[0] === 'tls' && keys.length > 1;
  const key = keys.slice(inTls ? 1 : 0).join('__');
  return new ConfigurationError(`${name} ${unknownKeyProblem(broker, key, inTls ? 'tls' : undefined)}`, name);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
